import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../harness/environment";
import { crash, type Outcome } from "./crash";
import { heldCall, killPoints, type KillPoint } from "./killPoints";
import { foreign } from "./operations";
import { beginning, cells, endingOf, heading, line } from "./page";

jest.setTimeout(240_000);

const page = path.join(repositoryRoot, "docs/guides/interruptions.md");
const [begin, end] = ["<!-- begin of the table -->\n", "\n<!-- end of the table -->"];

const chosen = killPoints.filter(({ inCi }) => inCi || process.env["CRASH_ALL"]);
const outcomes = new Map<KillPoint, Outcome>();

/** Returns the expected last call. An operation that may end makes further calls. */
function lastCallOf(killPoint: KillPoint): unknown {
  const { operation, interruption, change, outlasting } = killPoint;
  const { action, count } = heldCall(killPoint);
  if (!interruption.lets) return `${action} ${count}`;
  const ended = operation.together ? operation.changes.length : change + 1;
  return outlasting ? expect.stringMatching(/^QueryTaskDetailList /) : `QueryDSRecord ${2 * ended}`;
}

/** Returns "Adding 1" for "Adding 1 EXECUTE_FAILURE". */
function changeOf(submission: string): string {
  return submission.split(" ").slice(0, 2).join(" ");
}

test.concurrent.each(chosen.map((killPoint) => [cells(killPoint).join(", "), killPoint] as const))(
  "%s",
  async (_, killPoint) => {
    const { changes, after } = killPoint.operation;
    const outcome = await crash(killPoint);
    expect(outcome).toMatchObject({ last: lastCallOf(killPoint), settled: true });
    if (killPoint.doubles) expect(outcome.accepted.map(changeOf)).toEqual([...changes, ...changes]);
    else expect([...outcome.accepted].sort()).toEqual([...changes].sort());
    expect([...outcome.records].sort((a, b) => a.keyTag - b.keyTag)).toEqual([...after, foreign]);
    outcomes.set(killPoint, outcome);
  },
);

describe("docs/guides/interruptions.md", () => {
  test("has each kill point, at least 25, what was left behind there, and that it converges", () => {
    const text = readFileSync(page, "utf8");
    const [before = "", rest = ""] = text.split(begin);
    const [table = "", after = ""] = rest.split(end);
    const known = table.split("\n");
    const lines = killPoints.map((killPoint) => {
      const outcome = outcomes.get(killPoint);
      return outcome ? line(killPoint, outcome) : unmeasured(killPoint, known);
    });
    const open = killPoints.filter((killPoint, index) => !lines[index]?.endsWith(endingOf(killPoint)));
    const current = `${before}${begin}${[...heading, ...lines].join("\n")}${end}${after}`;
    if (process.env["WRITE"]) writeFileSync(page, current);
    expect(lines.length).toBeGreaterThanOrEqual(25);
    expect(open.map(beginning)).toEqual([]);
    expect(readFileSync(page, "utf8")).toBe(current);
  });
});

/** What the page says of a point that was not run now. */
function unmeasured(killPoint: KillPoint, known: readonly string[]): string {
  const start = beginning(killPoint);
  const ending = endingOf(killPoint);
  return known.find((text) => text.startsWith(start) && text.endsWith(ending)) ?? `${start} not measured |`;
}
