import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { Fault, FaultRule } from "../../emulator/index";
import type { CliResult, StackResource } from "../harness/pulumiCli";
import { dnskey } from "../lifecycle/record/exampleRecord";
import { foundIn, parted, placesAfter } from "../secrets/places";
import { quotations } from "../secrets/quotations";
import { canary, findings } from "../secrets/search";
import { domain, ds, inWorld, type World } from "./world";

jest.setTimeout(180_000);

/** Every switch that a user may turn on to see more. */
const noise = { NODE_DEBUG: "http,net,tls", DEBUG: "*" };
const verbose = ["--yes", "--skip-preview", "-v=9", "--logtostderr"];
/** No credentials in the environment. An empty variable counts as unset. */
const bare = { ALICLOUD_ACCESS_KEY: "", ALICLOUD_SECRET_KEY: "", ALICLOUD_SECURITY_TOKEN: "" };

const listing = "QueryDSRecord";
const adding = "SaveSingleTaskForAddingDSRecord";
const quoting = `the string is: ${quotations.join(", ")}`;
const error = (code: string, effect = false): Fault => ({ kind: "error", code, message: quoting, effect });

/**
 * Faults for the first call of an action, each with its own domain, and the words that report them.
 */
const struck: Readonly<Record<string, Omit<FaultRule, "domain"> & { readonly told?: string }>> = {
  "signature.example": {
    action: listing,
    fault: error("SignatureDoesNotMatch"),
    told: "SignatureDoesNotMatch",
  },
  "unknown.example": { action: listing, fault: error("NobodyKnowsThisCode"), told: "NobodyKnowsThisCode" },
  "throttled.example": { action: listing, fault: error("Throttling.User") },
  "trouble.example": { action: adding, fault: error("InternalError", true) },
  "reset.example": { action: adding, fault: { kind: "resetAfter" } },
  "proxy.example": { action: adding, fault: { kind: "html502", effect: true } },
  "failing.example": { action: adding, fault: { kind: "taskFails", reason: quoting }, told: "TASK_FAILED" },
  "hidden.example": { action: adding, fault: { kind: "taskInvisible", ms: 12_000 }, told: "TASK_UNFINISHED" },
};
const domains = Object.keys(struck);

const world = { emulator: { accounts: [canary], domains: [domain, ...domains], taskDurationMs: 50 } };

const text = `2 13 2 ${ds(2).digest}`;
/** Each of the forms with a secret, and a record for each fault. */
const program = `
const { secret } = require("@pulumi/pulumi");
const { DsRecord } = require("pulumi-alicloud-dnssec");
const domainName = ${JSON.stringify(domain)};
new DsRecord("digest", { domainName, keyTag: 1, algorithm: 13, digestType: 2, digest: secret("${ds(1).digest}") });
new DsRecord("ds", { domainName, ds: secret(${JSON.stringify(text)}) });
new DsRecord("dnskey", { domainName, dnskey: secret(${JSON.stringify(dnskey)}) });
for (const domainName of ${JSON.stringify(domains)}) {
  const customTimeouts = domainName.startsWith("hidden.") ? { create: "6s" } : {};
  new DsRecord(domainName, { domainName, ...${JSON.stringify(ds(1))} }, { customTimeouts });
}
`;

/** Runs the program under all the faults at the highest log level. Expects a report of each. */
async function runUnderFaults(
  { project, emulator }: World,
  env: Record<string, string> = {},
): Promise<CliResult> {
  project.setProgram(program);
  const rules = Object.entries(struck).map(([domain, { action = "", fault }]): FaultRule => ({
    domain,
    action,
    fault,
    times: 1,
  }));
  emulator.faults.add(...rules);
  const arguments_ = ["up", ...verbose, "--continue-on-error"];
  const failed = await project.run(arguments_, { env: { ...noise, ...env }, events: true, mayFail: true });
  expect(failed.code).not.toBe(0);
  for (const [domain, { told }] of Object.entries(struck)) {
    if (told) expect(failed.stdout).toContain(told);
    else expect([domain, emulator.records(domain)]).toEqual([domain, [ds(1)]]);
  }
  return failed;
}

function found(result: CliResult, { project }: World): string[] {
  return foundIn(placesAfter(result, project), findings);
}

test(
  "credentials in the environment appear nowhere",
  inWorld(async (world) => {
    const { project } = world;
    expect(found(await runUnderFaults(world), world)).toEqual([]);

    const env = { ...noise, PULUMI_DEBUG_GRPC: path.join(project.directory, "grpc.json") };
    const done = await project.run(["up", ...verbose], { env, events: true });
    for (const part of ["HTTP ", "NET "]) expect(done.stdout + done.stderr).toContain(part);
    expect(found(done, world)).toEqual([]);
  }, world),
);

/**
 * The CLI logs such a line for every value that it passes to a provider, with secrets decrypted.
 */
const engineLine = /Marshaling property for RPC\[Provider\[\w+\]\.Configure\(\)\.inputs\]: value=/;

/** Returns the secrets found outside those lines. */
function foundBesideEngineLines(result: CliResult, { project }: World): string[] {
  const { rest, lines } = parted(placesAfter(result, project), engineLine);
  expect(findings(lines.join("\n"))).toContain("accessKeySecret plain");
  return foundIn(rest, findings);
}

test(
  "credentials in Pulumi's configuration appear only as ciphertext and where the CLI writes them",
  inWorld(async (world) => {
    const { project, emulator } = world;
    const names = Object.entries(canary).map(([name, value]) => [`alicloud-dnssec:${name}`, value]);
    await project.setConfig({ "alicloud-dnssec:endpoint": emulator.url }, Object.fromEntries(names));
    const failed = await runUnderFaults(world, bare);
    expect(foundBesideEngineLines(failed, world)).toEqual([]);

    await upAtLevel8(world);
    const exported = await project.run(["stack", "export"]);
    expect(findings(exported.stdout)).toEqual([]);
    const stackFile = readFileSync(path.join(project.programDirectory, "Pulumi.dev.yaml"), "utf8");
    expect(stackFile.match(/secure:/g)).toHaveLength(names.length);
    await expectSecretInputs(await project.resources());

    const gone = await project.run(["destroy", ...verbose], { env: { ...noise, ...bare }, events: true });
    expect(foundBesideEngineLines(gone, world)).toEqual([]);
  }, world),
);

/** The state has values that were given as secrets as ciphertext, in inputs and outputs. */
async function expectSecretInputs(resources: StackResource[]): Promise<void> {
  const secret = expect.objectContaining({ ciphertext: expect.stringMatching(/^v1:/) });
  const secretly = resources.filter(({ id }) => id?.startsWith(`${domain}/`));
  expect(secretly).toHaveLength(3);
  for (const { urn, inputs, outputs } of secretly) {
    const given = urn.split("::").at(-1) ?? "";
    expect([given, inputs[given], outputs[given]]).toEqual([given, secret, secret]);
  }
  for (const given of [JSON.stringify(text), dnskey]) expect(JSON.stringify(resources)).not.toContain(given);
}

/**
 * Expects no secret at level 8 and with --debug. PULUMI_DEBUG_GRPC writes what providers and
 * programs receive to a file.
 */
async function upAtLevel8({ project }: World): Promise<void> {
  const name = "grpc.json";
  const env = { ...noise, ...bare, PULUMI_DEBUG_GRPC: path.join(project.directory, name) };
  const arguments_ = ["up", "--yes", "--skip-preview", "-v=8", "--logtostderr", "--debug"];
  const done = await project.run(arguments_, { env, events: true });
  expect(done.stderr).toMatch(/"level":"INFO".*"v":8\}$/m);
  const places = placesAfter(done, project).filter(([place]) => place !== name);
  expect(foundIn(places, findings)).toEqual([]);

  const file = path.join(project.directory, name);
  const telling =
    /"method":"\/pulumirpc\.(ResourceProvider\/(Check|Diff)Config|ResourceProvider\/Configure|LanguageRuntime\/Run)"/;
  const { rest, lines } = parted([[name, readFileSync(file, "utf8")]], telling);
  expect(findings(lines.join("\n"))).toContain("accessKeySecret plain");
  expect(foundIn(rest, findings)).toEqual([]);
  rmSync(file);
}

/** Leaks wherever a program or a provider could: the program's output, a log, a file, the state. */
const leakingProgram = `
const { log } = require("@pulumi/pulumi");
const { DsRecord } = require("pulumi-alicloud-dnssec");
const { ALICLOUD_SECRET_KEY: secret } = process.env;
log.info("logged: " + secret);
console.log("printed: " + secret);
require("fs").writeFileSync("leak.txt", secret);
exports.leak = secret;
new DsRecord("record", { domainName: ${JSON.stringify(domain)}, ...${JSON.stringify(ds(1))} });
`;

test(
  "a planted leak is found in each place",
  inWorld(async (world) => {
    const { project } = world;
    project.setProgram(leakingProgram);
    const done = await project.run(["up", ...verbose], { events: true });
    const places = [...new Set(found(done, world).map((what) => what.replace(/^.* in /, "")))];
    const files = places.filter((place) => place.includes("/"));
    expect(places).toEqual(expect.arrayContaining(["stdout", "stderr", "events"]));
    expect(files).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/program\/leak\.txt$/),
        expect.stringMatching(/\.pulumi\/stacks\/.*dev\.json$/),
      ]),
    );
  }, world),
);
