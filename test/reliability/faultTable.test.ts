import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../harness/environment";
import { runCell } from "./cell";
import { operations } from "./operations";
import { cellsOf, complaint, report, type Result } from "./table";

jest.setTimeout(600_000);

const page = path.join(repositoryRoot, "docs/reliability.md");
const [begin, end] = ["<!-- begin of the table -->\n", "\n<!-- end of the table -->"];

/** Cells that run side by side: each is an emulator of its own. */
const sideBySide = 4;

const results: Result[] = [];

test.each(operations.map((operation) => [operation.name, operation]))(
  "%s: every fault heals, at once or by the next run, and nothing is lost, doubled or touched",
  async (_, operation) => {
    const cells = await cellsOf(operation);
    const outcomes: Result[] = [];
    const next = cells.entries();
    const work = async () => {
      for (const [index, cell] of next) outcomes[index] = { cell, outcome: await runCell(cell) };
    };
    await Promise.all(Array.from({ length: sideBySide }, work));
    results.push(...outcomes);
    expect(outcomes.flatMap(complaint)).toEqual([]);
  },
);

test("docs/reliability.md has this table, of at least 400 cells", () => {
  const text = readFileSync(page, "utf8");
  const [before = "", rest = ""] = text.split(begin);
  const [, after = ""] = rest.split(end);
  const current = `${before}${begin}${report(results, operations)}${end}${after}`;
  if (process.env["WRITE_RELIABILITY"]) writeFileSync(page, current);
  expect(results.length).toBeGreaterThanOrEqual(400);
  expect(readFileSync(page, "utf8")).toBe(current);
});
