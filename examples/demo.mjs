#!/usr/bin/env node
/**
 * `npm run demo`: the quickstart with the real Pulumi CLI, against an emulator of the registrar and of the DNS. Every step
 * says what is to be seen, shows the command with its real output, and is verified. The exit code is 1 when something is not
 * as expected, 128 and the signal's number after a signal. Nothing is left behind.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { obtainPulumi } from "../.ci/pulumi-cli/obtain.mjs";
import { Stage } from "./demo/stage.mjs";

/** The key of RFC 6605 section 6.1, with the private key that is published there as well, and the DS record. */
const domain = "example.net";
const publicKey = "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==";
const privateKey = "GU6SnQ/Ou+xC5RumuIUIuJZteXT2z0O/ok1s38Et6mQ=";
const dnskey = `257 3 13 ${publicKey}`;
const ds = {
  keyTag: 55648,
  algorithm: 13,
  digestType: 2,
  digest: "b4c8c1fe2e7477127b27115656ad6256f424625bf5c1e2770ce6d6e37df61d17",
};
const wrongDigest = "0".repeat(64);

/** The key of section 6.2, of key tag 10771. The demo's zone does not publish it. */
const wrongDnskey =
  "257 3 14 xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40";

const color = Boolean(process.stdout.isTTY) && !process.env.NO_COLOR;

function say(text) {
  process.stdout.write(`${text}\n`);
}

function heading(title, ...explanation) {
  say(color ? `\n\u001b[1m${title}\u001b[0m` : `\n${title}`);
  for (const line of explanation) say(`   ${line}`);
  say("");
}

/** @throws {Error} when `what`, a statement, is not true. */
function verify(what, isTrue, seen) {
  if (!isTrue) throw new Error(`This was expected: ${what}.${seen === undefined ? "" : ` Seen: ${seen}.`}`);
  say(`✓ ${what}`);
}

/** A key of algorithm 13 as the emulator takes it. */
function jwkOf(publicBase64, privateBase64) {
  const point = Buffer.from(publicBase64, "base64");
  const [x, y, d] = [point.subarray(0, 32), point.subarray(32), Buffer.from(privateBase64, "base64")];
  const text = (octets) => octets.toString("base64url");
  return { kty: "EC", crv: "P-256", x: text(x), y: text(y), d: text(d) };
}

function textOf({ keyTag, algorithm, digestType, digest }) {
  return `${keyTag} ${algorithm} ${digestType} ${digest}`;
}

/** Whether the record's row has a warning. The CLI has some of its own, for instance about plugins on PATH. */
function hasWarning(output) {
  return /DsRecord ksk .*\d warning/.test(output) || /^ *warning: example\.net/m.test(output);
}

/** The story: commands as a user would type them, and what the registrar was asked and has. */
class Demo {
  #stage;
  #emulator;

  constructor(stage, emulator) {
    this.#stage = stage;
    this.#emulator = emulator;
  }

  async pulumi(...args) {
    this.#sayCommand(args);
    return this.#stage.pulumi(...args);
  }

  async failingPulumi(...args) {
    this.#sayCommand(args);
    return this.#stage.failingPulumi(...args);
  }

  #sayCommand(args) {
    say(`$ pulumi ${args.map((arg) => (arg.includes(" ") ? `"${arg}"` : arg)).join(" ")}`);
  }

  /** All the tasks that the registrar has been given so far, by their kinds. */
  verifyTasks(...expected) {
    const kinds = this.#emulator.tasks().map(({ kind }) => kind);
    const what = `the registrar has been given ${expected.length} task${expected.length === 1 ? "" : "s"}: ${expected.join(", ")}`;
    verify(what, isDeepStrictEqual(kinds, expected), kinds.join(", ") || "none");
  }

  verifyRecords(...expected) {
    const records = this.#emulator.records(domain).map(textOf);
    const what = `the registrar has ${expected.join(", ") || "no DS record"} for ${domain}`;
    verify(what, isDeepStrictEqual(records, expected), records.join(", ") || "none");
  }

  async run() {
    heading("The program, examples/quickstart/index.ts");
    say(readFileSync(path.join(import.meta.dirname, "quickstart/index.ts"), "utf8").trimEnd());

    heading("A stack, with the domain as configuration");
    await this.pulumi("stack", "init", "dev");
    await this.pulumi("config", "set", "domainName", domain);

    await this.#wrongKeyIsRefused();
    await this.#zoneKeyGoesThrough();
    await this.#driftIsPutRight();

    heading("8. Destroy: the record goes, and the domain turns insecure");
    const destroy = await this.pulumi("destroy", "--yes", "--skip-preview");
    verify(
      "it is said that the domain turns insecure",
      destroy.includes(`With this deletion, ${domain} has no DS record left and turns insecure.`),
    );
    this.verifyTasks("add", "modify", "delete");
    this.verifyRecords();
  }

  async #wrongKeyIsRefused() {
    heading(
      "1. The wrong key: the preview warns",
      "The zone publishes the key of RFC 6605 section 6.1. Somebody takes that of section 6.2.",
      "The preview asks the zone's and the parent's name servers, and nothing of the registrar.",
    );
    await this.pulumi("config", "set", "dnskey", wrongDnskey);
    const preview = await this.pulumi("preview");
    verify(
      "the preview warns that no validating resolver would have an answer",
      hasWarning(preview) &&
        /warning: With DS 10771 .*, example\.net is bogus .*the zone publishes key 55648/.test(preview),
    );
    verify("the registrar was asked nothing", this.#emulator.calls().length === 0);

    heading(
      "2. Up refuses it, before anything is submitted",
      "A key may still be on its way to the name servers: it is waited for, for half of the operation's time,",
      'up to 2 minutes; here for 3 s, since the program has { customTimeouts: { create: "6s" } } in this step.',
    );
    const restore = this.#stage.editProgram((text) =>
      text.replace("\n});", '\n}, { customTimeouts: { create: "6s" } });'),
    );
    const up = await this.failingPulumi("up", "--yes", "--skip-preview");
    restore();
    verify(
      "up has refused it",
      up.includes("example.net/10771 was not added") && up.includes("[PREFLIGHT_BOGUS]"),
    );
    verify("it names the command that overrides", up.includes("`ALICLOUD_DNSSEC_PREFLIGHT=warn pulumi up`"));
    const submissions = this.#emulator.calls(({ action }) => action.startsWith("SaveSingleTask"));
    verify("nothing was submitted to the registrar", submissions.length === 0, submissions.length);
  }

  async #zoneKeyGoesThrough() {
    heading(
      "3. The zone's key: the preview says secure",
      "The DS record is computed from the key. It is that of RFC 6605 section 6.1.",
    );
    await this.pulumi("config", "set", "dnskey", dnskey);
    const preview = await this.pulumi("preview", "--diff");
    const values = [/keyTag *: 55648\n/, new RegExp(`digest *: "${ds.digest}"\n`)];
    verify(
      "the preview shows the RFC's key tag and digest",
      values.every((value) => value.test(preview)),
    );
    verify(
      "it says secure, in one line, and the record's row has no warning",
      preview.includes("DNSSEC preflight of 1 DS record: 1 secure\n") && !hasWarning(preview),
    );

    heading(
      "4. Up: the registrar works on a task",
      "The record's own row says where it is; on a terminal that is one line, which changes.",
    );
    const up = await this.pulumi("up", "--yes", "--skip-preview");
    verify("the record's row has shown its task", /DsRecord ksk .*task .*EXECUTING/.test(up));
    this.verifyTasks("add");
    this.verifyRecords(textOf(ds));

    heading("5. A second preview: nothing to do");
    const second = await this.pulumi("preview", "--expect-no-changes");
    verify("the preview has no changes", second.includes("2 unchanged"));
  }

  async #driftIsPutRight() {
    heading(
      "6. Somebody changes the digest in the registrar's console",
      "The demo has just done that. Refresh takes it into the state, and a preview shows what would be put right.",
    );
    this.#emulator.setRecords(domain, [{ ...ds, digest: wrongDigest }]);
    const refresh = await this.pulumi("refresh", "--yes", "--skip-preview");
    verify("the refresh has found the change", refresh.includes("~ 1 updated"));
    say("");
    const diff = await this.pulumi("preview", "--diff");
    verify("the preview shows both digests", diff.includes(`"${wrongDigest}" => "${ds.digest}"`));

    heading("7. Up puts it right", "A task changes the record in place: the domain is never without one.");
    await this.pulumi("up", "--yes", "--skip-preview");
    this.verifyTasks("add", "modify");
    this.verifyRecords(textOf(ds));
  }
}

/** An interrupted build is waited for a little, since it removes what it has begun. */
async function findCli(stage, signal) {
  const cli = obtainPulumi({ log: say, env: stage.userEnvironment });
  const interrupted = new Promise((resolve) => signal.addEventListener("abort", resolve));
  await Promise.race([cli, interrupted]);
  if (!signal.aborted) return cli;
  await stage.endProcesses();
  await Promise.race([cli.catch(() => undefined), sleep(2_000)]);
  throw signal.reason;
}

async function startEmulator() {
  try {
    const emulator = await import("pulumi-alicloud-dnssec/emulator");
    const zone = { name: domain, keys: [{ privateKey: jwkOf(publicKey, privateKey) }] };
    return await emulator.startEmulator({ domains: [domain], taskDurationMs: 2_000, dns: { zones: [zone] } });
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new Error("The package is not built: run `npm ci` first.", { cause: error });
  }
}

async function perform(stage, signal) {
  const emulator = await startEmulator();
  try {
    const { bin, version } = await findCli(stage, signal);
    say(
      `The quickstart with the Pulumi CLI ${version}, against an emulator of Alibaba Cloud's Domain API on`,
    );
    say(`${emulator.url}, and of the DNS: ${domain} on ${emulator.dns.zonesServer}, its parent zone on`);
    say(`${emulator.dns.parent}. No account is needed, no real domain is touched.`);
    stage.set({ cliDirectory: bin, env: emulator.env, color });
    await new Demo(stage, emulator).run();
  } finally {
    await emulator.close();
  }
}

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

function watchSignals() {
  const stop = new AbortController();
  for (const signal of Object.keys(signalNumbers)) process.on(signal, () => stop.abort(signal));
  // npm gives its signals to its shell, which ends of them and keeps them to itself.
  const parent = process.ppid;
  const watchParent = () => process.ppid !== parent && stop.abort("SIGTERM");
  if (process.env.npm_lifecycle_event) setInterval(watchParent, 200).unref();
  // The terminal, or the reader of a pipe, has gone.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => stop.abort("SIGHUP"));
  return stop.signal;
}

async function main() {
  const startedAt = Date.now();
  const signal = watchSignals();
  const stage = new Stage(signal);
  let failure;
  try {
    await perform(stage, signal);
  } catch (error) {
    failure = error;
  }
  await stage.clear();
  if (signal.aborted) {
    console.error(`\nThe demo was stopped by ${signal.reason}; nothing is left behind.`);
    process.exit(128 + signalNumbers[signal.reason]);
  }
  if (failure !== undefined) {
    console.error(`\nThe demo failed. ${failure.message}`);
    process.exit(1);
  }
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  heading(`All was as expected, and nothing is left behind (${seconds} s).`);
}

await main();
