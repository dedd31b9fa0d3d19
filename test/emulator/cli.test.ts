import { mkdtempSync, existsSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import RPCClient from "@alicloud/pop-core";
import { main } from "../../emulator/cli";

/** Runs the command; `started` gets its first output, and the command is stopped when that has resolved. */
async function run(argv: string[], started: (out: string) => Promise<void> = () => Promise.resolve()) {
  const stop = new AbortController();
  const written = { out: "", error: "" };
  let using: Promise<void> = Promise.resolve();
  const code = await main(argv, {
    out: (text) => {
      written.out += text;
      using = started(text).finally(() => {
        stop.abort();
      });
      // Awaited below; until then its failure is nobody's.
      using.catch(() => undefined);
    },
    error: (text) => {
      written.error += text;
    },
    stop: stop.signal,
  });
  await using;
  return { code, ...written };
}

async function listed(out: string, domain: string): Promise<unknown> {
  const env = new Map(
    [...out.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value ?? ""]),
  );
  const client = new RPCClient({
    endpoint: env.get("ALICLOUD_DNSSEC_ENDPOINT") ?? "",
    apiVersion: "2018-01-29",
    accessKeyId: env.get("ALICLOUD_ACCESS_KEY") ?? "",
    accessKeySecret: env.get("ALICLOUD_SECRET_KEY") ?? "",
  });
  return client.request("QueryDSRecord", { DomainName: domain }, { method: "POST" });
}

test("serves example.com until it is stopped, and says how to use it", async () => {
  const { code, out, error } = await run(["emulator"], async (text) => {
    expect(await listed(text, "example.com")).toMatchObject({ DSRecordList: [] });
  });
  expect({ code, error }).toEqual({ code: 0, error: "" });
  expect(out).toMatch(/listens on http:\/\/127\.0\.0\.1:\d+\./);
  expect(out).toContain("unset ALICLOUD_SECURITY_TOKEN");
  expect(out).toContain("Ctrl-C stops it.");
});

test("takes domains, a duration, a rate limit and a state file", async () => {
  const directory = mkdtempSync(join(tmpdir(), "emulator-cli-"));
  const state = join(directory, "state.json");
  const options = [
    "--domain",
    "example.net",
    "--domain",
    "bücher.example",
    "--task-seconds",
    "0.5",
    "--requests-per-second",
    "2",
    "--state",
    state,
  ];
  const { code } = await run(["emulator", ...options], async (text) => {
    expect(await listed(text, "bücher.example")).toMatchObject({ DSRecordList: [] });
    await expect(listed(text, "example.com")).rejects.toThrow("does not exist");
    await expect(listed(text, "bücher.example")).rejects.toThrow("flow control");
  });
  expect(code).toBe(0);
  expect(existsSync(state)).toBe(true);
  rmSync(directory, { recursive: true });
});

test.each([["--help"], ["emulator", "--help"], ["-h"]])("prints its usage: %s %s", async (...argv) => {
  const { code, out } = await run(argv);
  expect(code).toBe(0);
  expect(out).toContain("Usage: pulumi-alicloud-dnssec emulator");
});

test.each([
  [[], "A command is missing"],
  [["serve"], 'no command "serve"'],
  [["emulator", "now"], 'Unexpected argument "now"'],
  [["emulator", "--fast"], "--fast"],
  [["emulator", "--port"], "--port"],
  [["emulator", "--port", "65536"], "--port 65536: a number from 0 to 65535"],
  [["emulator", "--port", "http"], "--port http"],
  [["emulator", "--task-seconds", "-1"], "--task-seconds"],
  [["emulator", "--task-seconds", "two"], "--task-seconds two"],
  [["emulator", "--requests-per-second", "0"], "--requests-per-second 0: a number from 1 to 1000000"],
  [["emulator", "--requests-per-second", "1.5"], "--requests-per-second 1.5"],
])("%j makes no sense: exit 2", async (argv, message) => {
  const { code, out, error } = await run(argv);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(error).toContain(message);
  expect(error).toContain("Usage:");
});

test("a port that is taken, or a domain that cannot be: exit 1", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const taken = await run(["emulator", "--port", String(port)]);
  expect(taken).toMatchObject({ code: 1, error: expect.stringContaining("EADDRINUSE") });
  other.close();
  const impossible = await run(["emulator", "--domain", "xn--bcher-kva.example"]);
  expect(impossible).toMatchObject({ code: 1, error: expect.stringContaining("in Unicode") });
});
