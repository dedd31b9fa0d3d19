import { spawnSync } from "node:child_process";
import path from "node:path";
import { hermeticEnvironment, repositoryRoot } from "../../../harness/environment";

jest.setTimeout(120_000);

const limitMs = 60_000;

/**
 * Runs a program in a process of its own, because a main thread that waits for itself can only be
 * killed. A small young generation makes garbage collections frequent.
 */
function run(program: string) {
  const { stdout, stderr, signal } = spawnSync(
    process.execPath,
    [
      "--max-semi-space-size=1",
      "--require",
      path.join(repositoryRoot, "test/harness/requireTypeScript.cjs"),
      "--eval",
      program,
    ],
    {
      cwd: repositoryRoot,
      env: hermeticEnvironment(),
      encoding: "utf8",
      timeout: limitMs,
      killSignal: "SIGKILL",
    },
  );
  return { stdout, stderr, signal };
}

/** Each export allocates strings, so that a garbage collection falls into one of them. */
const exports200 = `for (let count = 0; count < 200; count += 1) privateKey.export({ format: "jwk" });`;

const emulatorKeys = (algorithm: number, count: number) => `
  const { createZoneKey } = require("./emulator/dns/zones/zoneKey");
  for (let made = 0; made < ${count}; made += 1) {
    const { privateKey } = createZoneKey({ algorithm: ${algorithm} });
    ${exports200}
  }
  console.log("done");`;

const collidingKeys = `
  const { KeyRing } = require("./test/topologies/keys");
  new KeyRing().key("key", { collision: 0 }).then(() => console.log("done"));`;

const forgedKeys = `
  const { eddsaKey } = require("./test/preflight/validator/forge");
  for (let made = 0; made < 3000; made += 1) eddsaKey(257);
  console.log("done");`;

test.each([
  ["the emulator, algorithm 8", emulatorKeys(8, 20)],
  ["the emulator, algorithm 13", emulatorKeys(13, 200)],
  ["the emulator, algorithm 14", emulatorKeys(14, 200)],
  ["the emulator, algorithm 15", emulatorKeys(15, 200)],
  ["the emulator, algorithm 16", emulatorKeys(16, 200)],
  ["topologies, colliding key tags", collidingKeys],
  ["the forger, algorithm 15", forgedKeys],
])("new keys of %s never block their process", (_, program) => {
  expect(run(program)).toEqual({ stdout: "done\n", stderr: "", signal: null });
});
