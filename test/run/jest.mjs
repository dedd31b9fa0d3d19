import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runLimited } from "./limitedCommand.mjs";

const fileReporter = path.join(import.meta.dirname, "fileReporter.cjs");

/**
 * Runs projects of the Jest configuration in `root` with one limit of time, an AbortSignal.
 *
 * @returns what `runLimited` does, with Jest's `report` (undefined if it left none) and the
 * `files`, each `{ path, project, ended, passed, failed, seconds }`, and how many there are
 * (`fileCount`).
 */
export async function runJest(projects, { root, jest, options, env, limit }) {
  const directory = mkdtempSync(path.join(tmpdir(), "jest-report-"));
  try {
    const report = path.join(directory, "report.json");
    const log = path.join(directory, "files.jsonl");
    const reporters = ["--reporters", "default", "--reporters", fileReporter];
    const args = [
      "--selectProjects",
      ...projects,
      ...options,
      ...reporters,
      "--json",
      "--outputFile",
      report,
    ];
    const run = await runLimited([jest, "--ci", ...args], {
      cwd: root,
      env: { ...env, TEST_FILE_LOG: log },
      limit,
      mark: `TEST_RUN=${directory}`,
    });
    return { ...run, report: readJson(report), ...filesOf(readLines(log), root) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function readLines(file) {
  try {
    return readFileSync(file, "utf8").trim().split("\n").map(JSON.parse);
  } catch {
    return [];
  }
}

function filesOf(entries, root) {
  const files = new Map();
  for (const { event, ...entry } of entries) {
    if (event === "run") continue;
    files.set(`${entry.project} ${entry.path}`, {
      ...entry,
      path: path.relative(root, entry.path),
      ended: event === "end",
    });
  }
  return {
    files: [...files.values()],
    fileCount: entries.find(({ event }) => event === "run")?.files ?? 0,
  };
}
