import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../../../harness/environment";
import { maxStatusLength, statusTexts } from "../../../../provider/lifecycle/change/wording/statusTexts";

const taskNo = "20ce9a1b-5f0e-4a39-9d0c-3a5b7c1de001";
const hours = 1439 * 60_000;

/** Every text with ordinary values, and at its longest. */
const rows: [keyof typeof statusTexts, string, string][] = [
  ["reading", statusTexts.reading(), "reading DS records"],
  ["asking", statusTexts.asking(), "asking for the zone's keys"],
  ["turn", statusTexts.turn(3, 5), "turn 3 of 5"],
  ["turn", statusTexts.turn(1000, 1000), "turn 1000 of 1000"],
  ["othersFirst", statusTexts.othersFirst(1), "1 other change first, not safe yet"],
  ["othersFirst", statusTexts.othersFirst(100), "100 other changes first, not safe yet"],
  ["keyWait", statusTexts.keyWait("key 11596", 103_000), "key 11596? 103 s left"],
  ["keyWait", statusTexts.keyWait("signed zone", hours), "signed zone? 23 h 59 min left"],
  ["submitting", statusTexts.submitting("modify"), "submitting task (modify)"],
  ["task", statusTexts.task(taskNo, "EXECUTING", 465), "task 20ce… EXECUTING 465 ms"],
  ["task", statusTexts.task(taskNo, "WAITING_EXECUTE", hours), "task 20ce… WAITING_EXECUTE 23 h 59 min"],
  ["task", statusTexts.task("7", "not visible yet", 0), "task 7 not visible yet 0 ms"],
  ["task", statusTexts.task(taskNo, "S".repeat(500), hours), `task 20ce… ${"S".repeat(16)}… 23 h 59 min`],
  ["earlierTask", statusTexts.earlierTask(taskNo), "task 20ce… of an earlier run"],
  ["foreignTask", statusTexts.foreignTask(taskNo), "task 20ce… of another run"],
  ["listing", statusTexts.listing(), "task done, not listed yet"],
  ["busy", statusTexts.busy(12_000), "busy with another task, 12 s"],
  ["busy", statusTexts.busy(hours), "busy with another task, 23 h 59 min"],
  ["trouble", statusTexts.trouble("ECONNREFUSED", 28_000), "ECONNREFUSED, 28 s left"],
  [
    "trouble",
    statusTexts.trouble("Throttling.User.Limit.Exceeded", hours),
    "Throttling.User.Limit…, 23 h 59 min left",
  ],
  ["uncertain", statusTexts.uncertain(hours), "answer lost, looking, 23 h 59 min"],
  ["publication", statusTexts.publication(1, 2, 12_000), "1 of 2 parent servers behind, 12 s"],
  ["publication", statusTexts.publication(13, 13, 119 * 60_000), "13 of 13 parent servers behind, 119 min"],
  ["publication", statusTexts.publication(0, 0, hours), "no parent server found, 23 h 59 min"],
];

test.each(rows)("%s", (_, text, expected) => {
  expect(text).toBe(expected);
  expect(text.length).toBeLessThanOrEqual(maxStatusLength);
});

test("every text has a row", () => {
  expect([...new Set(rows.map(([name]) => name))].sort()).toEqual(Object.keys(statusTexts).sort());
});

test("no row of the lifecycle shows any other text", () => {
  const directory = path.join(repositoryRoot, "provider/lifecycle");
  const texts = readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => argumentsOfStatus(readFileSync(path.join(directory, file), "utf8")));
  expect(texts.length).toBeGreaterThan(10);
  expect(texts.filter((text) => !/statusTexts[.[]/.test(text) || /["'`]/.test(text))).toEqual([]);
});

/** Returns the argument of each `reporter.status(…)` in a source. */
function argumentsOfStatus(source: string): string[] {
  return source
    .split(/reporter\.status\(/)
    .slice(1)
    .map((rest) => {
      let depth = 1;
      const end = [...rest].findIndex((letter) => {
        depth += letter === "(" ? 1 : letter === ")" ? -1 : 0;
        return depth === 0;
      });
      return rest.slice(0, end);
    });
}
