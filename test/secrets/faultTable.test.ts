import "./debugging";
import { createRequire } from "node:module";
import type { Cell } from "../reliability/cell";
import { operations } from "../reliability/operations";
import { cellsOf } from "../reliability/table";
import { quotingCells, runWithCanaries, searched } from "./cells";
import { foundIn } from "./places";
import { canary, findings } from "./search";

jest.setTimeout(600_000);

/** Number of cells that run in parallel, each with its own emulator. */
const sideBySide = 4;

interface Debug {
  (namespace: string): (text: string) => void;
  enable(namespaces: string): void;
  disable(): void;
}

let count = 0;
/** Returns everything printed meanwhile. */
let printed = "";

beforeAll(() => {
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, "write").mockImplementation((chunk) => {
      printed += String(chunk);
      return true;
    });
  }
});
afterAll(() => {
  jest.restoreAllMocks();
  process.stdout.write(`secrets: ${count} cells\n`);
});
beforeEach(() => {
  printed = "";
});

const named = operations.map((operation) => [operation.name, operation] as const);

test.each(named)("%s: no fault leaks a canary", async (_, operation) => {
  expect(await foundWith(await cellsOf(operation))).toEqual([]);
  expect(findings(printed)).toEqual([]);
});

test.each(named)("%s: no quotation of the request leaks a canary", async (_, operation) => {
  expect(await foundWith(quotingCells(operation))).toEqual([]);
  expect(findings(printed)).toEqual([]);
});

/** An operation without a fault. */
const quiet: Cell = { fault: "none", call: "any", rules: [], operation: operations[0]! };

describe("a planted leak is found", () => {
  test.each(searched)("in the place %s, and nowhere else", async (place) => {
    const { traces } = await runWithCanaries(quiet, place);
    const found = foundIn(Object.entries(traces), findings);
    expect(found).not.toEqual([]);
    expect(found.filter((what) => !new RegExp(`^accessKeySecret .* in ${place}$`).test(what))).toEqual([]);
  });

  test.each(["stdout", "stderr"] as const)("in what is printed to %s", (stream) => {
    process[stream].write(`The key is ${canary.accessKeySecret}.\n`);
    expect(findings(printed)).toContain("accessKeySecret plain");
  });

  test("nothing is found without a leak", async () => {
    const { traces } = await runWithCanaries(quiet);
    expect(Object.keys(traces).sort()).toEqual([...searched].sort());
    expect(foundIn(Object.entries(traces), findings)).toEqual([]);
  });
});

test("with DEBUG set, httpx would print the answers", () => {
  const httpx = createRequire(createRequire(require.resolve("@alicloud/pop-core")).resolve("httpx"));
  const debug = httpx("debug") as Debug;
  debug.enable("*");
  debug("httpx:body")("planted");
  debug.disable();
  expect(printed).toContain("planted");
});

test("the table is large", () => {
  expect(count).toBeGreaterThanOrEqual(400);
});

async function foundWith(all: readonly Cell[]): Promise<string[]> {
  const found: string[] = [];
  const ours = new Set([canary.accessKeyId.slice(-4)]);
  const cells = all.values();
  const work = async () => {
    for (const cell of cells) {
      const { traces, keys } = await runWithCanaries(cell);
      const where = `${cell.fault}, at ${cell.call}`;
      found.push(...foundIn(Object.entries(traces), findings).map((what) => `${where}: ${what}`));
      // Otherwise there would have been nothing to find.
      expect([where, new Set(keys)]).toEqual([where, ours]);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, work));
  return found;
}
