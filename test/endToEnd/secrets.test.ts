import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { CliResult, StackResource } from "../harness/pulumiCli";
import { dnskey } from "../lifecycle/exampleRecord";
import { canary, findings } from "../secrets/search";
import { domain, ds, inWorld, type World } from "./world";

jest.setTimeout(180_000);

/** Everything that anybody may switch on to see what is going on. */
const noise = { NODE_DEBUG: "http,net,tls", DEBUG: "*" };
const verbose = ["--yes", "--skip-preview", "-v=9", "--logtostderr"];

const world = { emulator: { accounts: [canary], domains: [domain], taskDurationMs: 50 } };
/** No credentials in the environment: an empty variable is none. */
const bare = { ALICLOUD_ACCESS_KEY: "", ALICLOUD_SECRET_KEY: "", ALICLOUD_SECURITY_TOKEN: "" };

const text = `2 13 2 ${ds(2).digest}`;
/** Each of the forms with a secret. */
const program = `
const { secret } = require("@pulumi/pulumi");
const { DsRecord } = require("pulumi-alicloud-dnssec");
const domainName = ${JSON.stringify(domain)};
new DsRecord("digest", { domainName, keyTag: 1, algorithm: 13, digestType: 2, digest: secret("${ds(1).digest}") });
new DsRecord("ds", { domainName, ds: secret(${JSON.stringify(text)}) });
new DsRecord("dnskey", { domainName, dnskey: secret(${JSON.stringify(dnskey)}) });
`;

/** The gateway's answer to a wrong signature: with the string that it has made of the request, encoded twice. */
function quoteAnswer({ emulator }: World): void {
  const { accessKeyId, securityToken } = canary;
  const twice = (value: string) => encodeURIComponent(encodeURIComponent(value));
  const message =
    "Specified signature is not matched with our calculation. server string to sign is:POST&%2F&" +
    `AccessKeyId%3D${twice(accessKeyId)}%26SecurityToken%3D${twice(securityToken)}`;
  emulator.faults.add({ times: 1, fault: { kind: "error", code: "SignatureDoesNotMatch", message } });
}

/** The texts of all files below a folder, by name. Linked folders are those of this repository. */
function filesIn(folder: string): [string, string][] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => [path.relative(folder, file), readFileSync(file, "latin1")]);
}

/** What is found in what a command has printed, and in everything that is on the disk after it. */
function foundAfter({ stdout, stderr, events }: CliResult, { project }: World): string[] {
  const texts: [string, string][] = [
    ["stdout", stdout],
    ["stderr", stderr],
    ["events", JSON.stringify(events)],
    ...filesIn(project.directory),
  ];
  return texts.flatMap(([place, text]) => findings(text).map((what) => `${what} in ${place}`));
}

test(
  "credentials of the environment are found nowhere",
  inWorld(async (world) => {
    const { project } = world;
    project.setProgram(program);
    quoteAnswer(world);
    const failed = await project.run(["up", ...verbose], { env: noise, events: true, mayFail: true });
    expect(failed.code).not.toBe(0);
    expect(failed.stdout + failed.stderr).toContain("SignatureDoesNotMatch");
    expect(foundAfter(failed, world)).toEqual([]);

    const done = await project.run(["up", ...verbose], { env: noise, events: true });
    for (const part of ["HTTP ", "NET "]) expect(done.stdout + done.stderr).toContain(part);
    expect(foundAfter(done, world)).toEqual([]);
  }, world),
);

/** Such a line of its own log has the CLI for every value that it hands to a provider, secrets deciphered. */
const engineLine = /^.*Marshaling property for RPC\[Provider\[\w+\]\.Configure\(\)\.inputs\]: value=.*$/gm;

test(
  "credentials in Pulumi's configuration are found as ciphertext, and in one place of the CLI's own log of level 9",
  inWorld(async (world) => {
    const { project, emulator } = world;
    const names = Object.entries(canary).map(([name, value]) => [`alicloud-dnssec:${name}`, value]);
    await project.setConfig({ "alicloud-dnssec:endpoint": emulator.url }, Object.fromEntries(names));
    project.setProgram(program);
    quoteAnswer(world);
    const failed = await project.up([], { env: bare, events: true, mayFail: true });
    expect(failed.code).not.toBe(0);
    expect(foundAfter(failed, world)).toEqual([]);

    const done = await project.run(["up", ...verbose], { env: { ...noise, ...bare }, events: true });
    expect(foundAfter({ ...done, stderr: done.stderr.replace(engineLine, "") }, world)).toEqual([]);

    const exported = await project.run(["stack", "export"]);
    expect(findings(exported.stdout)).toEqual([]);
    const [stackFile = ""] = filesIn(project.programDirectory).flatMap(([name, content]) =>
      name === "Pulumi.dev.yaml" ? [content] : [],
    );
    expect(stackFile.match(/secure:/g)).toHaveLength(names.length);
    await expectSecretInputs(await project.resources());
  }, world),
);

/** Of what was given as a secret, state has ciphertext, in inputs and outputs. */
async function expectSecretInputs(resources: StackResource[]): Promise<void> {
  const secret = expect.objectContaining({ ciphertext: expect.stringMatching(/^v1:/) });
  expect(resources).toHaveLength(3);
  for (const { urn, inputs, outputs } of resources) {
    const given = urn.split("::").at(-1) ?? "";
    expect([given, inputs[given], outputs[given]]).toEqual([given, secret, secret]);
  }
  for (const given of [JSON.stringify(text), dnskey]) expect(JSON.stringify(resources)).not.toContain(given);
}
