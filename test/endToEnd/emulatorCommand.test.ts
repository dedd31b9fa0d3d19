import { hermeticEnvironment, repositoryRoot, type Environment } from "../harness/environment";
import { PulumiProject } from "../harness/pulumiCli";
import { RunningCommand } from "../harness/runningCommand";

jest.setTimeout(240_000);

/** Starts the clone's own command, and returns what it prints. */
async function startCommand(options: string[]) {
  const command = new RunningCommand("npm", ["run", "--silent", "emulator", "--", ...options], {
    cwd: repositoryRoot,
    env: hermeticEnvironment(),
  });
  await command.waitForOutput(/^Ctrl-C stops the emulator\.$/m, 30);
  const [, program = ""] = /^(import .*?)^Ctrl-C/ms.exec(command.stdout) ?? [];
  const exported = [...command.stdout.matchAll(/^export (\w+)=(.*)$/gm)];
  const env = Object.fromEntries(exported.map(([, name = "", value = ""]) => [name, value]));
  return { command, program, env };
}

/** Runs the printed program, which Pulumi's SDK type-checks, and returns the result. */
async function runPrinted(options: string[], upEnv: Environment = {}) {
  const { command, program, env } = await startCommand(["--task-seconds", "0.2", ...options]);
  // The command's environment alone decides about the preflight.
  const project = await PulumiProject.create({
    program: { "index.ts": program },
    env: { ALICLOUD_DNSSEC_PREFLIGHT: "", ...env },
  });
  try {
    const { stdout: preview } = await project.preview();
    await project.up([], { env: upEnv });
    const records = (await project.resources()).map(({ id, outputs }) => ({ id, taskNo: outputs["taskNo"] }));
    await project.destroy();
    // This is what a terminal does on Ctrl-C.
    command.signalGroup("SIGINT");
    await command.waitForExit(10);
    return { preview, records };
  } finally {
    const { exitCode, signalCode } = command.process;
    if (exitCode === null && signalCode === null) command.signalGroup("SIGKILL");
    await project.remove();
  }
}

test("the program that the emulator prints works with its zone's key", async () => {
  const { preview, records } = await runPrinted([]);
  expect(preview).toContain("DNSSEC preflight of 1 DS record: 1 secure\n");
  expect(records).toEqual([{ id: expect.stringMatching(/^example\.com\/\d+$/), taskNo: expect.any(String) }]);
});

test("a printed program for several zones works too, adopted, in Unicode and broken", async () => {
  const domains = ["example.com", "bücher.example", "example.net"];
  const zones = ["example.com", "bücher.example", "example.net=staleServer"];
  const { preview, records } = await runPrinted(
    [
      ...domains.flatMap((domain) => ["--domain", domain]),
      ...zones.flatMap((zone) => ["--zone", zone]),
      "--record",
      "example.com",
    ],
    // Otherwise `up` waits two minutes for the key of example.net, and refuses it.
    { ALICLOUD_DNSSEC_PREFLIGHT: "warn" },
  );
  expect(preview).toMatch(/DNSSEC preflight of 3 DS records: (2 secure, 1 bogus|1 bogus, 2 secure)\n/);
  expect(records.sort((a, b) => String(a.id).localeCompare(String(b.id)))).toEqual([
    { id: expect.stringMatching(/^example\.com\//), taskNo: undefined },
    { id: expect.stringMatching(/^example\.net\//), taskNo: expect.any(String) },
    { id: expect.stringMatching(/^xn--bcher-kva\.example\//), taskNo: expect.any(String) },
  ]);
});

test("without the DNS, the printed program works without a preflight", async () => {
  const { preview, records } = await runPrinted(["--no-dns"]);
  expect(preview).not.toContain("preflight");
  expect(records).toEqual([{ id: "example.com/55648", taskNo: expect.any(String) }]);
});
