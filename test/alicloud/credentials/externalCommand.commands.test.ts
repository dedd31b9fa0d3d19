import { readFileSync } from "node:fs";
import { everythingOf } from "../../secrets/everything";
import { rejection } from "../bed";
import { canaries, cleanUp, newBed, temporary, type Bed } from "./bed";
import { profile } from "./links";

afterEach(cleanUp);

/** Makes the CLI's profile run a script. The script's process id is in the file `pid`. */
function runScript(bed: Bed, script: string): void {
  bed.write("answer.js", `require("fs").writeFileSync(__dirname + "/pid", String(process.pid));${script}`);
  const command = `"${process.execPath}" "${bed.home}/answer.js"`;
  profile({ mode: "External", process_command: command, sts_token: canaries.token })(bed);
}

const answer = {
  mode: "StsToken",
  access_key_id: canaries.id,
  access_key_secret: canaries.secret,
  sts_token: canaries.token,
};

test("an external command gives temporary credentials", async () => {
  const bed = newBed();
  runScript(bed, `console.log(${JSON.stringify(JSON.stringify(answer))})`);
  const source = bed.chain();
  expect(await source.get()).toEqual(temporary);
  expect(source.name).toBe("the CLI profile in ~/.aliyun/config.json");
  expect(bed.requests).toEqual([]);
});

const hidden = "it gave no credentials, and its message is hidden because it can hold secrets";

/** Scripts of external commands, with words of the message. */
const failures: readonly (readonly [string, string, string])[] = [
  ["fails", `console.error("${canaries.secret}"); process.exit(1)`, hidden],
  ["prints text", `console.log("${canaries.secret}")`, hidden],
  ["prints a half", `console.log('{"access_key_id":"${canaries.id}"}')`, hidden],
  [
    "prints without end",
    "(function print() { process.stdout.write(' '.repeat(65536), print); })()",
    "it gave no credentials",
  ],
  [
    "complains without end",
    "(function print() { process.stderr.write(' '.repeat(65536), print); })()",
    "it gave no credentials",
  ],
  [
    "prints a long token",
    `console.log(JSON.stringify({ mode: "StsToken", access_key_id: "i", access_key_secret: "s", sts_token: "CANARY".repeat(5000) }))`,
    "the security token has 30000 characters, and the maximum is 16384",
  ],
];

async function expectFailure(bed: Bed, words: string, linkMs?: number): Promise<void> {
  const error = await rejection(bed.chain({}, linkMs === undefined ? {} : { linkMs }).get());
  expect(error.code).toBe("CREDENTIALS_UNAVAILABLE");
  const failed = error.message.split("\n").filter((line) => line.includes(": failed, "));
  expect(failed).toEqual([expect.stringContaining(words)]);
  expect(error.cause).toBeUndefined();
  expect(everythingOf(error)).not.toMatch(/CANARY/);
}

test.each(failures)("an external command that %s", async (_, script, words) => {
  const bed = newBed();
  runScript(bed, script);
  await expectFailure(bed, words);
});

test("an external command that does not end", async () => {
  const bed = newBed();
  runScript(bed, "setInterval(() => undefined, 1000); process.on('SIGTERM', () => undefined);");
  try {
    await expectFailure(bed, "no answer in time", 1_500);
  } finally {
    process.kill(Number(readFileSync(`${bed.home}/pid`, "utf8")), "SIGKILL");
  }
});
