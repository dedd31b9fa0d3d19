import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../harness/environment";
import { runCell, type Cell } from "./cell";
import { operations } from "./operations";
import { cellsOf, complaint, limitCells, limitReport, report, silenceCells, type Result } from "./table";

jest.setTimeout(600_000);

const page = path.join(repositoryRoot, "docs/reliability.md");

/** Number of cells that run side by side, each with an emulator of its own. */
const sideBySide = 6;

const results: Result[] = [];
const atTheLimit: Result[] = [];

const named = operations.map((operation) => [operation.name, operation] as const);

test.each(named)(
  "%s: every fault heals, at once or by a next run, and nothing is lost, doubled or touched",
  async (_, operation) => {
    const outcomes = await run([...(await cellsOf(operation)), ...(await silenceCells(operation))]);
    results.push(...outcomes);
    expect(outcomes.flatMap(complaint)).toEqual([]);
  },
);

test.each(named)("%s: an unknown effect may double a task, but loses nothing", async (_, operation) => {
  const outcomes = await run(await limitCells(operation));
  atTheLimit.push(...outcomes);
  expect(outcomes.filter(({ outcome }) => outcome.lost || outcome.touched || outcome.late)).toEqual([]);
});

async function run(cells: readonly Cell[]): Promise<Result[]> {
  const outcomes: Result[] = [];
  const next = cells.entries();
  const work = async () => {
    for (const [index, cell] of next) outcomes[index] = { cell, outcome: await runCell(cell) };
  };
  await Promise.all(Array.from({ length: sideBySide }, work));
  return outcomes;
}

test("docs/reliability.md has this table, of at least 400 cells", () => {
  const written = readFileSync(page, "utf8");
  const current = [
    ["the table", report(results, operations)] as const,
    ["the limits", limitReport(atTheLimit)] as const,
  ].reduce((text, [name, table]) => withTable(text, name, table), written);
  if (process.env["WRITE_RELIABILITY"]) writeFileSync(page, current);
  expect(results.length).toBeGreaterThanOrEqual(400);
  expect(readFileSync(page, "utf8")).toBe(current);
});

function withTable(text: string, name: string, table: string): string {
  const [begin, end] = [`<!-- begin of ${name} -->\n`, `\n<!-- end of ${name} -->`];
  const [before = "", rest = ""] = text.split(begin);
  const [, after = ""] = rest.split(end);
  return `${before}${begin}${table}${end}${after}`;
}
