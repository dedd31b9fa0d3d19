import { execFileSync } from "node:child_process";
import path from "node:path";
import { isSupported, supportedNode } from "../provider/nodeVersion";
import { repositoryRoot } from "./harness/environment";

const edges: [string, boolean][] = [
  ["v18.20.8", false],
  ["v20.18.3", false],
  ["v20.19.0", true],
  ["v20.20.2", true],
  ["v21.7.3", false],
  ["v22.0.0", false],
  ["v22.11.0", false],
  ["v22.12.0", true],
  ["v23.0.0", true],
  ["v24.0.0", true],
];

// Jest cannot import an ES module here.
const script = `import(process.argv[1]).then(({ range, isInRange }) =>
  console.log(JSON.stringify([range, process.argv.slice(2).map((version) => isInRange(version))])))`;

test("package.json, .ci/run and the entry agree", () => {
  const file = path.join(repositoryRoot, ".ci/nodeVersion.mjs");
  const output = execFileSync(process.execPath, ["-e", script, file, ...edges.map(([version]) => version)]);
  const [range, inRange] = JSON.parse(output.toString()) as [string, boolean[]];
  expect(range).toBe(supportedNode);
  expect(inRange).toEqual(edges.map(([, supported]) => supported));
  expect(edges.map(([version]) => isSupported(version))).toEqual(inRange);
});
