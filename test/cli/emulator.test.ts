import { mkdtempSync, existsSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import RPCClient from "@alicloud/pop-core";
import { main } from "../../cli/main";
import { freePort } from "../harness/freePort";
import { askDns } from "../harness/askDns";

type Started = (out: string) => Promise<void>;

/** Runs the command. `started` gets its first output; the command is stopped when that resolves. */
async function run(argv: string[], started: Started = () => Promise.resolve()) {
  const stop = new AbortController();
  const written = { out: "", error: "" };
  let using: Promise<void> = Promise.resolve();
  const code = await main(argv, {
    out: (text) => {
      written.out += text;
      using = started(text).finally(() => {
        stop.abort();
      });
      // Awaited below.
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

/** Returns a free port whose successor is free too. */
async function freePair(): Promise<number> {
  for (;;) {
    const port = await freePort();
    const next = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      next.once("error", () => resolve(false));
      next.listen(port + 1, "127.0.0.1", () => next.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
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

/** Returns the printed program. */
function programIn(out: string): string | undefined {
  return /^(import .*?^}\);\n)\n^Ctrl-C/ms.exec(out)?.[1];
}

test("serves example.com until it is stopped, and prints how to use it", async () => {
  const { code, out, error } = await run(["emulator"], async (text) => {
    expect(await listed(text, "example.com")).toMatchObject({ DSRecordList: [] });
  });
  expect({ code, error }).toEqual({ code: 0, error: "" });
  expect(out).toMatch(/listens on http:\/\/127\.0\.0\.1:\d+\./);
  expect(out).toContain("unset ALICLOUD_SECURITY_TOKEN");
  expect(out).toContain("Ctrl-C stops the emulator.");
});

test("serves the DNS of its domains by default, and prints a program with their keys", async () => {
  const domains = ["--domain", "example.net", "--domain", "bücher.example"];
  const { out } = await run(["emulator", ...domains], async (text) => {
    const [, server = ""] = /^export ALICLOUD_DNSSEC_NAME_SERVERS=(.+)$/m.exec(text) ?? [];
    const { answers } = await askDns(server, "xn--bcher-kva.example", "DNSKEY");
    expect(answers).not.toEqual([]);
  });
  const [first = "", second = ""] = [...out.matchAll(/^ {2}DNSKEY (.+)$/gm)].map(([, key]) => key);
  expect(programIn(out)).toBe(
    `import { DsRecord } from "pulumi-alicloud-dnssec";

new DsRecord("example.net", {
  domainName: "example.net",
  dnskey: "${first}",
});

new DsRecord("bücher.example", {
  domainName: "bücher.example",
  dnskey: "${second}",
});
`,
  );
});

test("--no-dns turns the preflight off and prints a program with a DS record", async () => {
  const { out } = await run(["emulator", "--no-dns"]);
  expect(out).toContain("export ALICLOUD_DNSSEC_PREFLIGHT=off\n");
  expect(out).not.toContain("NAME_SERVERS");
  expect(programIn(out)).toBe(
    `import { DsRecord } from "pulumi-alicloud-dnssec";

new DsRecord("example.com", {
  domainName: "example.com",
  ds: "55648 13 2 b4c8c1fe2e7477127b27115656ad6256f424625bf5c1e2770ce6d6e37df61d17",
});
`,
  );
});

test("prints servers if the zones' servers differ, and no preflight for a domain without a zone", async () => {
  const domains = ["example.com", "example.net", "bücher.example"].flatMap((name) => ["--domain", name]);
  const zones = ["--zone", "EXAMPLE.com=staleServer", "--zone", "xn--bcher-kva.example"];
  const { out } = await run(["emulator", ...domains, ...zones, "--record", "example.net=1 8 2 AB cd"]);
  const [dnskey, other] = [...out.matchAll(/^ {2}DNSKEY (.+)$/gm)].map(([, key]) => key);
  const [, servers = ""] = /example\.com, staleServer, on (.+)$/m.exec(out) ?? [];
  const [, server = ""] = /xn--bcher-kva\.example, healthy, on (.+)$/m.exec(out) ?? [];
  expect(programIn(out)).toBe(
    `import { DsRecord } from "pulumi-alicloud-dnssec";

new DsRecord("example.com", {
  domainName: "example.com",
  dnskey: "${dnskey}",
  nameServers: ["${servers.split(" and ").join('","')}"],
});

new DsRecord("example.net", {
  domainName: "example.net",
  ds: "1 8 2 abcd",
  // The emulator serves no zone for this domain, so there is no key to check the record against.
  preflight: "off",
});

new DsRecord("bücher.example", {
  domainName: "bücher.example",
  dnskey: "${other}",
  nameServers: ["${server}"],
});
`,
  );
});

test("--record gives domains records, at the registrar and at the parent", async () => {
  const records = ["--record", "example.com", "--record", `EXAMPLE.com=2371 13 2 ${"C9".repeat(32)}`];
  await run(["emulator", ...records], async (text) => {
    const [, key = ""] = /^ {2}DS {5}(.+)$/m.exec(text) ?? [];
    const [keyTag, , , digest] = key.split(" ");
    expect(await listed(text, "example.com")).toMatchObject({
      DSRecordList: [
        { KeyTag: Number(keyTag), Digest: digest },
        { KeyTag: 2371, Algorithm: 13, DigestType: 2, Digest: "c9".repeat(32) },
      ],
    });
    const [, parent = ""] = /^export ALICLOUD_DNSSEC_PARENT_NAME_SERVERS=(.+)$/m.exec(text) ?? [];
    const { answers } = await askDns(parent, "example.com", "DS");
    const data = { keyTag: 2371, algorithm: 13, digestType: 2, digest: Buffer.alloc(32, 0xc9) };
    expect(answers).toContainEqual(expect.objectContaining({ data }));
  });
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

test("serves the DNS on the given port, with test zones for its domains", async () => {
  const port = await freePair();
  const { code, out, error } = await run(["emulator", "--dns-port", String(port)], async (text) => {
    const [, , dnskey = ""] = /DNSKEY (\d+ 3 13 )(\S+)/.exec(text) ?? [];
    const { answers } = await askDns(`127.0.0.1:${port + 1}`, "example.com", "DNSKEY");
    const data = expect.objectContaining({ key: Buffer.from(dnskey, "base64") }) as object;
    expect(answers).toContainEqual(expect.objectContaining({ data }));
    expect((await askDns(`127.0.0.1:${port}`, "example.com", "DS")).status).toBe("NOERROR");
  });
  expect({ code, error }).toEqual({ code: 0, error: "" });
  expect(out).toContain(`export ALICLOUD_DNSSEC_PARENT_NAME_SERVERS=127.0.0.1:${port}\n`);
  expect(out).toContain(`export ALICLOUD_DNSSEC_NAME_SERVERS=127.0.0.1:${port + 1}\n`);
  expect(out).toContain(`  example.com, healthy, on 127.0.0.1:${port + 1}\n`);
  expect(out).toMatch(/^ {2}DS {5}\d+ 13 2 [0-9a-f]{64}$/m);
});

test("--zone sets the condition of a zone", async () => {
  const domains = ["--domain", "example.com", "--domain", "example.net"];
  const zone = ["--zone", "example.com=expired", "--zone", "example.net=staleServer"];
  const { out, error } = await run([
    "emulator",
    ...domains,
    "--dns-port",
    "0",
    "--publish-seconds",
    "1.5",
    ...zone,
  ]);
  expect(error).toBe("");
  expect(out).toContain("  example.com, expired, on 127.0.0.1:");
  expect(out).toMatch(/ {2}example\.net, staleServer, on 127\.0\.0\.1:\d+ and 127\.0\.0\.1:\d+/);
});

test.each([["--help"], ["emulator", "--help"], ["emulator", "-h"], ["-h"], ["serve", "--help"]])(
  "prints its usage: %s %s",
  async (...argv) => {
    const { code, out } = await run(argv);
    expect(code).toBe(0);
    expect(out).toContain("Usage: pulumi-alicloud-dnssec emulator");
  },
);

test.each([
  [[], "A command is missing"],
  [["--port", "0"], "A command is missing"],
  [["serve"], 'no command "serve"'],
  [["toString"], 'no command "toString"'],
  [["emulator", "now"], 'Unexpected argument "now"'],
  [["emulator", "--fast"], "--fast"],
  [["emulator", "--port"], "--port"],
  [["emulator", "--port", "65536"], "--port 65536: expected a number from 0 to 65535"],
  [["emulator", "--port", "http"], "--port http"],
  [["emulator", "--task-seconds", "-1"], "--task-seconds"],
  [["emulator", "--task-seconds", "two"], "--task-seconds two"],
  [
    ["emulator", "--requests-per-second", "0"],
    "--requests-per-second 0: expected a number from 1 to 1000000",
  ],
  [["emulator", "--requests-per-second", "1.5"], "--requests-per-second 1.5"],
  [["emulator", "--dns-port", "65535"], "--dns-port 65535: expected a number from 0 to 65534"],
  [["emulator", "--no-dns", "--zone", "example.com"], "--zone does not go with --no-dns"],
  [["emulator", "--no-dns", "--publish-seconds", "1"], "--publish-seconds does not go with --no-dns"],
  [["emulator", "--no-dns", "--dns-port", "0"], "--dns-port does not go with --no-dns"],
  [["emulator", "--record", "example.net"], "example.net is not among the domains (example.com)"],
  [
    ["emulator", "--record", "example.com=2371 13 2"],
    'expected "<key tag> <algorithm> <digest type> <digest>"',
  ],
  [
    ["emulator", "--record", "example.com=65536 13 2 ab"],
    'expected "<key tag> <algorithm> <digest type> <digest>"',
  ],
  [
    ["emulator", "--record", "example.com=1 13 2 abc"],
    'expected "<key tag> <algorithm> <digest type> <digest>"',
  ],
  [["emulator", "--no-dns", "--record", "example.com"], "there is no zone with a key for example.com"],
  [
    ["emulator", "--zone", "exmaple.com"],
    "--zone exmaple.com: exmaple.com is not among the domains (example.com).",
  ],
  [["emulator", "--zone", "sub.example.com=expired"], "sub.example.com is not among the domains"],
  [["emulator", "--domain", "example.net", "--zone", "example.com"], "example.com is not among the domains"],
  [["emulator", "--dns-port", "0", "--zone", "example.com=odd"], 'there is no condition "odd"'],
  [["emulator", "--dns-port", "0", "--publish-seconds", "-1"], "--publish-seconds"],
])("refuses %j with exit code 2", async (argv, message) => {
  const { code, out, error } = await run(argv);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(error).toContain(message);
  expect(error).toContain("Usage:");
});

test("a port in use or an impossible domain: exit code 1", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const taken = await run(["emulator", "--port", String(port)]);
  expect(taken).toMatchObject({ code: 1, error: expect.stringContaining("EADDRINUSE") });
  other.close();
  const impossible = await run(["emulator", "--domain", "xn--bcher-kva.example"]);
  expect(impossible).toMatchObject({ code: 1, error: expect.stringContaining("in Unicode") });
});
