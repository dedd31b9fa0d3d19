// As a command, fails with one sentence if this Node.js is not in package.json's `engines`.
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const manifest = new URL("../package.json", import.meta.url);

/** Range of package.json, such as "^20.19.0 || >=22.12.0". */
export const range = JSON.parse(readFileSync(manifest, "utf8")).engines.node;

const compare = (a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

/** Returns whether a version such as "v22.11.0" is in a range of `^` and `>=` parts. */
export function isInRange(version, ranges = range) {
  const parts = (text) => text.split(".").map(Number);
  const actual = parts(version.replace(/^v/, ""));
  return ranges.split(" || ").some((part) => {
    const [, sign, lowest] = /^(\^|>=)(\d+\.\d+\.\d+)$/.exec(part) ?? [];
    if (sign === undefined) throw new Error(`package.json: engines.node has "${part}"`);
    const isEnough = compare(actual, parts(lowest)) >= 0;
    return isEnough && (sign === ">=" || actual[0] === parts(lowest)[0]);
  });
}

/** Returns a message for the user, or undefined if the version is in the range. */
export function complaint(version = process.version) {
  return isInRange(version) ? undefined : `Node.js ${range} is needed, this is ${version}`;
}

if (path.resolve(process.argv[1] ?? "") === fileURLToPath(import.meta.url)) {
  const text = complaint();
  if (text !== undefined) {
    console.error(`error: ${text}`);
    process.exitCode = 1;
  }
}
