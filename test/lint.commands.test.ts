import { spawnSync } from "node:child_process";
import path from "node:path";
import { repositoryRoot } from "./harness/environment";

jest.setTimeout(60_000);

interface LintMessage {
  readonly ruleId: string;
  readonly line: number;
}

/** Returns the rules that each of these lines breaks, by the project's own configuration. */
function brokenRules(lines: readonly string[]): string[][] {
  const { stdout } = spawnSync(
    path.join(repositoryRoot, "node_modules/.bin/eslint"),
    ["--stdin", "--stdin-filename", "test/lines.mjs", "--format", "json"],
    { cwd: repositoryRoot, encoding: "utf8", input: lines.join("\n") },
  );
  const [{ messages }] = JSON.parse(stdout) as [{ messages: LintMessage[] }];
  return lines.map((_, index) =>
    messages.filter(({ line }) => line === index + 1).map(({ ruleId }) => ruleId),
  );
}

const allowed = [
  'import { generateKeyPair, generateKeyPairSync } from "node:crypto";',
  'generateKeyPairSync("ed448", asDer);',
  'generateKeyPairSync("ec", { namedCurve: "P-256", ...asDer });',
  'generateKeyPair("ed448", asDer, () => undefined);',
];

const refused = [
  'import { generateKeyPairSync as make } from "node:crypto";',
  'generateKeyPairSync("ed448");',
  'generateKeyPairSync("ec", { namedCurve: "P-256" });',
  'generateKeyPair("ed448", {}, () => asDer);',
  'crypto.generateKeyPairSync("ed448", asDer);',
  'crypto["generateKeyPairSync"]("ed448", asDer);',
  "promisify(generateKeyPair);",
  "promisify(crypto.generateKeyPair);",
  "export const make1 = generateKeyPairSync;",
  "export const { generateKeyPairSync: make2 } = crypto;",
];

test("ESLint refuses keys that are generated as KeyObjects, and no others", () => {
  const surroundings = [
    'import crypto from "node:crypto";',
    'import { promisify } from "node:util";',
    "const asDer = {};",
    "export default make;",
  ];
  const broken = brokenRules([...allowed, ...refused, ...surroundings]);
  expect(broken).toEqual([
    ...allowed.map(() => []),
    ...refused.map(() => ["no-restricted-syntax"]),
    ...surroundings.map(() => []),
  ]);
});
