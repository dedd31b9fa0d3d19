import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../harness/environment";
import { createWorld, domain, type World } from "./world";

jest.setTimeout(180_000);

let world: World;
let saltLine = "";
const settingsFile = () => path.join(world.project.programDirectory, "Pulumi.dev.yaml");
beforeAll(async () => {
  world = await createWorld({
    emulator: { dns: { zones: [{ name: domain, servers: [{}, {}] }] } },
    project: { env: { ALICLOUD_DNSSEC_PREFLIGHT: "" } },
  });
  // Every command needs this line. The configuration is below it.
  saltLine = readFileSync(settingsFile(), "utf8").split("\n")[0] ?? "";
});
beforeEach(() => writeFileSync(settingsFile(), `${saltLine}\n`));
afterAll(() => world?.close());

/** With three records, a failure of each record would appear three times. */
function declare(provider?: string): void {
  const data = JSON.stringify(world.emulator.dns.zone(domain).dsRecord());
  world.project.setProgram(`
const pulumi = require("@pulumi/pulumi");
const { AlicloudDnssecProvider, DsRecord } = require("pulumi-alicloud-dnssec");
const account = { accessKeyId: "an-id", accessKeySecret: "a-secret" };
const opts = ${provider ? `{ provider: new AlicloudDnssecProvider("second", { ...account, ${provider} }) }` : "{}"};
const data = ${data};
for (const tag of [0, 1, 2])
  new DsRecord("ksk-" + tag, { domainName: "${domain}", ...data, keyTag: data.keyTag + tag }, opts);
`);
}

const wrongMode = '"enforced"; it must be one of enforce, strict, warn, off. [CONFIG_INVALID]';

interface Wrong {
  readonly config?: readonly string[];
  readonly env?: Record<string, string>;
  readonly provider?: string;
}

test.each<[string, Wrong, string]>([
  [
    "in the configuration",
    { config: ["alicloud-dnssec:preflight", "enforced"] },
    `alicloud-dnssec:preflight (ALICLOUD_DNSSEC_PREFLIGHT) is ${wrongMode}`,
  ],
  [
    "in the environment",
    { env: { ALICLOUD_DNSSEC_NAME_SERVERS: "ns1.example.com" } },
    'alicloud-dnssec:nameServers (ALICLOUD_DNSSEC_NAME_SERVERS) is "ns1.example.com"; it must be',
  ],
  [
    "in a provider's arguments",
    { provider: 'preflight: "enforced"' },
    `AlicloudDnssecProvider "second": preflight is ${wrongMode}`,
  ],
  [
    "in a provider's arguments, as an output",
    { provider: 'preflight: pulumi.output("enforced")' },
    `AlicloudDnssecProvider "second": preflight is ${wrongMode}`,
  ],
])(
  "a wrong setting %s is one error of the preview, as of up",
  async (_, { config, env, provider }, message) => {
    const { project, submissions } = world;
    declare(provider);
    if (config) await project.run(["config", "set", ...config]);
    // The program itself refuses a provider's arguments, in either phase.
    for (const phase of provider ? (["preview"] as const) : (["preview", "up"] as const)) {
      const { code, stdout, stderr } = await project[phase]([], { mayFail: true, ...(env && { env }) });
      expect(code).not.toBe(0);
      const [, diagnostics = ""] = (stdout + stderr).split("Diagnostics:");
      expect(diagnostics).toContain(message);
      expect(diagnostics.match(/\berror: /g)).toHaveLength(1);
      expect(diagnostics).not.toMatch(/^\s+at /m);
    }
    expect(submissions()).toEqual([]);
  },
);

test("both processes read structured lists with secrets, and misspelt settings are a warning", async () => {
  const { project, emulator, declare: declareRecords } = world;
  const zone = emulator.dns.zone(domain);
  const [first = "", second = ""] = zone.servers;
  const set = (key: string, value: string, ...flags: string[]) =>
    project.run(["config", "set", "--path", ...flags, key, value]);
  await set("alicloud-dnssec:nameServers[0]", first);
  await set("alicloud-dnssec:nameServers[1]", second, "--secret");
  await set("alicloud-dnssec:parentNameServers[0]", emulator.dns.parent);
  await project.run(["config", "set", "alicloud-dnssec:preflght", "off"]);
  const env = {
    ALICLOUD_DNSSEC_NAME_SERVERS: "",
    ALICLOUD_DNSSEC_PARENT_NAME_SERVERS: "",
    ALICLOUD_DNSSEC_PREFLIHGT: "off",
  };
  declareRecords({ ksk: { args: { domainName: domain, ...zone.dsRecord() } } });
  const asked = () => {
    const servers = new Set(emulator.dns.queries("DNSKEY").map(({ server }) => server));
    emulator.dns.clearJournal();
    return [...servers].sort();
  };
  emulator.dns.clearJournal();
  const preview = await project.preview([], { env });
  expect(preview.stdout).toContain("DNSSEC preflight of 1 DS record: 1 secure");
  expect(asked()).toEqual([first, second].sort());
  for (const hint of ["alicloud-dnssec:preflght", "ALICLOUD_DNSSEC_PREFLIHGT"]) {
    expect(preview.stdout).toContain(
      `${hint} is not a setting of pulumi-alicloud-dnssec and has no effect. Did you mean`,
    );
  }
  const up = await project.up([], { env });
  expect(up.stdout.match(/has no effect\. Did you mean ALICLOUD_DNSSEC_PREFLIGHT\?/)).not.toBeNull();
  expect(asked()).toEqual([first, second].sort());
});

test("a domain unknown to parent and registrar is reported as perhaps mistyped", async () => {
  const { project, emulator, declare: declareRecords } = world;
  const args = emulator.dns.zone(domain).dsRecord();
  declareRecords({
    right: { args: { domainName: domain, ...args, preflight: "off" } },
    wrong: { args: { domainName: "exmaple.com", ...args } },
  });
  const question = "Is exmaple.com mistyped? The nearest name in this program is example.com.";
  const env = { ALICLOUD_DNSSEC_NAME_SERVERS: "" };
  const preview = await project.preview([], { env });
  expect(preview.stdout).toMatch(
    /warning: With DS \d+ .*exmaple\.com is not known to be safe: exmaple\.com is not delegated by its parent zone\./,
  );
  expect(preview.stdout).toContain(question);
  const up = await project.up([], { env, mayFail: true });
  expect(up.stdout + up.stderr).toContain(`${question} [REGISTRAR_REFUSED]`);
});

test("a bug of this package in a preview's checks is one warning and no failure", async () => {
  const { project } = world;
  declare();
  const previewed = path.join(repositoryRoot, "dist/provider/preflight/previewVerdicts.js");
  const broken = `require(${JSON.stringify(previewed)}).PreviewedDelegations.prototype.verdictOn = async () => undefined.x;`;
  const program = readFileSync(path.join(project.programDirectory, "index.js"), "utf8");
  project.setProgram(program + broken);
  const { stdout } = await project.preview();
  const [, diagnostics = ""] = stdout.split("Diagnostics:");
  expect(diagnostics.match(/warning: /g)).toHaveLength(1);
  expect(diagnostics).toContain(
    "stopped because of a mistake in pulumi-alicloud-dnssec (TypeError). Not all records were judged.",
  );
});
