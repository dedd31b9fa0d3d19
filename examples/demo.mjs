#!/usr/bin/env node
/**
 * `npm run demo`: the quickstart with the real Pulumi CLI, against an emulator of the registrar. Every step says what is
 * to be seen, shows the command with its real output, and is verified. The exit code is 1 when something is not as
 * expected, 128 and the signal's number after a signal. Nothing is left behind.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { obtainPulumi } from "../.ci/pulumi-cli/obtain.mjs";
import { Stage } from "./demo/stage.mjs";

/** The key and the DS record of RFC 6605 section 6.1. */
const domain = "example.net";
const dnskey =
  "257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==";
const ds = {
  keyTag: 55648,
  algorithm: 13,
  digestType: 2,
  digest: "b4c8c1fe2e7477127b27115656ad6256f424625bf5c1e2770ce6d6e37df61d17",
};
const wrongDigest = "0".repeat(64);

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

function textOf({ keyTag, algorithm, digestType, digest }) {
  return `${keyTag} ${algorithm} ${digestType} ${digest}`;
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
    say(`$ pulumi ${args.map((arg) => (arg.includes(" ") ? `"${arg}"` : arg)).join(" ")}`);
    return this.#stage.pulumi(...args);
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

    heading("A stack, with the domain and its key as configuration");
    await this.pulumi("stack", "init", "dev");
    await this.pulumi("config", "set", "domainName", domain);
    await this.pulumi("config", "set", "dnskey", dnskey);

    heading(
      "1. Preview: the DS record is computed from the key",
      "Key and DS record are those of RFC 6605 section 6.1. The registrar is not asked.",
    );
    const preview = await this.pulumi("preview", "--diff");
    const values = [/keyTag *: 55648\n/, new RegExp(`digest *: "${ds.digest}"\n`)];
    verify(
      "the preview shows the RFC's key tag and digest",
      values.every((value) => value.test(preview)),
    );
    verify("the registrar was asked nothing", this.#emulator.calls().length === 0);

    heading(
      "2. Up: the registrar works on a task",
      "The record's own row says where it is; on a terminal that is one line, which changes.",
    );
    const up = await this.pulumi("up", "--yes", "--skip-preview");
    verify("the record's row has shown its task", /DsRecord ksk .*task .*EXECUTING/.test(up));
    this.verifyTasks("add");
    this.verifyRecords(textOf(ds));

    heading("3. A second preview: nothing to do");
    const second = await this.pulumi("preview", "--expect-no-changes");
    verify("the preview has no changes", second.includes("2 unchanged"));

    heading(
      "4. Somebody changes the digest in the registrar's console",
      "The demo has just done that. Refresh takes it into the state, and a preview shows what would be put right.",
    );
    this.#emulator.setRecords(domain, [{ ...ds, digest: wrongDigest }]);
    const refresh = await this.pulumi("refresh", "--yes", "--skip-preview");
    verify("the refresh has found the change", refresh.includes("~ 1 updated"));
    say("");
    const diff = await this.pulumi("preview", "--diff");
    verify("the preview shows both digests", diff.includes(`"${wrongDigest}" => "${ds.digest}"`));

    heading("5. Up puts it right", "A task changes the record in place: the domain is never without one.");
    await this.pulumi("up", "--yes", "--skip-preview");
    this.verifyTasks("add", "modify");
    this.verifyRecords(textOf(ds));

    heading("6. Destroy: the record goes");
    await this.pulumi("destroy", "--yes", "--skip-preview");
    this.verifyTasks("add", "modify", "delete");
    this.verifyRecords();
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
    return await emulator.startEmulator({ domains: [domain], taskDurationMs: 2_000 });
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
    say(`${emulator.url}. No account is needed, no real domain is touched.`);
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
