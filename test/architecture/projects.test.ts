import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { repositoryRoot } from "../harness/environment";

interface Project {
  readonly displayName: string;
  readonly testMatch: readonly string[];
  readonly testPathIgnorePatterns: readonly string[];
}

const config = jest.requireActual<{ readonly projects: readonly Project[] }>("../../jest.config");
const textOf = (file: string) => readFileSync(path.join(repositoryRoot, file), "utf8");
const testFiles = readdirSync(path.join(repositoryRoot, "test"), { recursive: true, encoding: "utf8" })
  .map((name) => `test/${name}`)
  .filter((file) => file.endsWith(".test.ts"));

const escaped = (text: string) => text.replace("<rootDir>/", "^").replaceAll(".", "\\.");

/** A glob of `testMatch` as a regular expression. */
const globPattern = (glob: string) =>
  new RegExp(
    `${escaped(glob)
      .replaceAll("**/", "(?:.+/)?")
      .replace(/(?<!\.)\*/g, "[^/]*")}$`,
  );

/** Returns the projects of `jest.config.js` that run a test file. */
function projectsOf(file: string): string[] {
  return config.projects
    .filter(({ testMatch }) => testMatch.some((glob) => globPattern(glob).test(file)))
    .filter(({ testPathIgnorePatterns }) =>
      testPathIgnorePatterns.every((pattern) => !new RegExp(pattern.replace("<rootDir>/", "^")).test(file)),
    )
    .map(({ displayName }) => displayName);
}

/** Returns the file that a relative import loads. */
function resolved(from: string, specifier: string): string | undefined {
  const target = path.join(path.dirname(from), specifier);
  return ["", ".ts", ".mjs", ".cjs", ".js", "/index.ts"]
    .map((ending) => target + ending)
    .find((file) => {
      const place = path.join(repositoryRoot, file);
      return existsSync(place) && statSync(place).isFile();
    });
}

const importsOfFiles = new Map<string, readonly string[]>();

/** Returns what a file imports, types too. */
function importsOf(file: string): readonly string[] {
  const known = importsOfFiles.get(file);
  if (known) return known;
  const { importedFiles } = ts.preProcessFile(file.endsWith(".json") ? "" : textOf(file), true, true);
  const imports = importedFiles.map(({ fileName }) => fileName);
  importsOfFiles.set(file, imports);
  return imports;
}

/** Returns the ways by which a test file imports `node:child_process`. */
function waysToProcesses(file: string, way: readonly string[] = [], seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const here = [...way, file];
  return importsOf(file).flatMap((specifier) => {
    if (/^(node:)?(child_process|cluster)$/.test(specifier)) return [here.join(" -> ")];
    const next = specifier.startsWith(".") ? resolved(file, specifier) : undefined;
    return next === undefined ? [] : waysToProcesses(next, here, seen);
  });
}

test("every test file belongs to one project", () => {
  const odd = testFiles
    .map((file) => [file, projectsOf(file)] as const)
    .filter(([, in_]) => in_.length !== 1);
  expect(odd).toEqual([]);
});

test("no unit test starts a process", () => {
  const unit = testFiles.filter((file) => projectsOf(file).includes("unit"));
  expect(unit.length).toBeGreaterThan(50);
  expect(unit.flatMap((file) => waysToProcesses(file))).toEqual([]);
});

test("a test that starts a process is found, also through the harness", () => {
  expect(waysToProcesses("test/lint.commands.test.ts")).toEqual(["test/lint.commands.test.ts"]);
  expect(waysToProcesses("test/alicloud/proxy.tools.test.ts")).toContain(
    "test/alicloud/proxy.tools.test.ts -> test/harness/tlsEndpoint.ts",
  );
});
