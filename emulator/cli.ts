#!/usr/bin/env node
import { parseArgs } from "node:util";
import {
  startEmulator,
  zoneConditions,
  type DnsOptions,
  type Emulator,
  type EmulatorDns,
  type EmulatorOptions,
  type ParentUpdateOptions,
  type TestZoneOptions,
  type ZoneConditionName,
} from "./index";

/** What the command reads and writes, so that a test can run it in its own process. */
export interface CommandIo {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Aborted when the command is to stop. */
  readonly stop: AbortSignal;
}

const usage = `Usage: pulumi-alicloud-dnssec emulator [options]

Runs an emulator of Alibaba Cloud's Domain API on this machine, for trying the provider out: no account is needed, no
real domain is touched.

Options:
  --domain NAME         A domain of the account; can be repeated. Default: example.com
  --port NUMBER         The port on 127.0.0.1. Default: 0, any that is free
  --task-seconds NUMBER How long a task takes. Default: 2
  --requests-per-second NUMBER
                        Requests beyond are refused. Default: no limit
  --state FILE          Keeps domains, records, tasks and the keys of zones in this file
  --help                Prints this

Servers of the DNS, which the provider asks before it changes a DS record:
  --dns-port NUMBER     The port on 127.0.0.1 of the parent zones, with the DS records that the registry has; test
                        zones are on the next one. 0: any that are free. Default: there are no such servers
  --zone NAME[=CONDITION]
                        A test zone that is signed here; can be repeated. Default: every domain, healthy. Conditions:
${wrapped(Object.keys(zoneConditions).join(", "), 24, 118)}
  --publish-seconds NUMBER
                        How long the parent lags behind the registry. Default: 0
  --parent-update SERVER/ZONE
                        A real parent zone that gets the DS records by dynamic update: 127.0.0.1:5300/test
  --parent-key NAME:SECRET
                        The TSIG key for that, for hmac-sha256
`;

/** The user's mistake: it is told without a stack, and the exit code is 2. */
class UsageError extends Error {}

/**
 * The command line.
 *
 * @param argv What follows the command's name.
 * @returns the exit code: 0 when it was stopped, 1 when it could not start, 2 for a command line that makes no sense.
 */
export async function main(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    const options = optionsOf(argv);
    if (options === "help") {
      io.out(usage);
      return 0;
    }
    const emulator = await startEmulator(withLog(options, io));
    io.out(instructions(emulator, options.dns !== undefined));
    await aborted(io.stop);
    await emulator.close();
    return 0;
  } catch (error) {
    const usageError = error instanceof UsageError;
    io.error(`${error instanceof Error ? error.message : String(error)}\n${usageError ? `\n${usage}` : ""}`);
    return usageError ? 2 : 1;
  }
}

function optionsOf(argv: readonly string[]): EmulatorOptions | "help" {
  const { values, positionals } = parsed(argv);
  if (values.help) return "help";
  const [command, ...rest] = positionals;
  if (command === undefined) throw new UsageError("A command is missing: emulator.");
  if (command !== "emulator")
    throw new UsageError(`There is no command ${JSON.stringify(command)}, only emulator.`);
  if (rest.length > 0) throw new UsageError(`Unexpected argument ${JSON.stringify(rest[0])}.`);
  const domains = values.domain ?? ["example.com"];
  const dns = dnsOf(values, domains);
  return {
    port: numberOf("port", values.port ?? "0", /^\d{1,5}$/, 65535),
    domains,
    taskDurationMs: millisecondsOf("task-seconds", values["task-seconds"] ?? "2"),
    ...(values.state !== undefined && { stateFile: values.state }),
    ...requestsPerSecond(values["requests-per-second"]),
    ...(dns && { dns }),
  };
}

type Values = ReturnType<typeof parsed>["values"];

const dnsOptionNames = ["zone", "publish-seconds", "parent-update", "parent-key"] as const;

function dnsOf(values: Values, domains: readonly string[]): DnsOptions | undefined {
  const port = values["dns-port"];
  if (port === undefined) {
    const useless = dnsOptionNames.find((name) => values[name] !== undefined);
    if (useless !== undefined) throw new UsageError(`--${useless} needs --dns-port.`);
    return undefined;
  }
  return {
    port: numberOf("dns-port", port, /^\d{1,5}$/, 65534),
    zones: (values.zone ?? domains).map(zoneOf),
    publishDelayMs: millisecondsOf("publish-seconds", values["publish-seconds"] ?? "0"),
    ...parentUpdateOf(values["parent-update"], values["parent-key"]),
  };
}

function zoneOf(text: string): TestZoneOptions {
  const [name = "", condition = "healthy"] = text.split(/=(.*)/s);
  if (Object.hasOwn(zoneConditions, condition)) return { name, condition: condition as ZoneConditionName };
  throw new UsageError(`--zone ${text}: there is no condition ${JSON.stringify(condition)}.`);
}

function parentUpdateOf(target: string | undefined, key: string | undefined) {
  if (target === undefined && key === undefined) return {};
  const [, server, zone] = /^([^/]+)\/([^/]+)$/.exec(target ?? "") ?? [];
  const [, keyName, secret] = /^([^:]+):([^:]+)$/.exec(key ?? "") ?? [];
  if (server === undefined || zone === undefined || keyName === undefined || secret === undefined)
    throw new UsageError("--parent-update SERVER/ZONE and --parent-key NAME:SECRET go together.");
  const parentUpdate: ParentUpdateOptions = { server, zone, keyName, secret };
  return { parentUpdate };
}

function withLog(options: EmulatorOptions, io: CommandIo): EmulatorOptions {
  if (!options.dns) return options;
  const log = (line: string) => {
    io.error(`${line}\n`);
  };
  return { ...options, dns: { ...options.dns, log } };
}

function wrapped(text: string, indent: number, width: number): string {
  const lines = text.match(new RegExp(`.{1,${width - indent}}(?: |$)`, "g")) ?? [];
  return lines.map((line) => `${" ".repeat(indent)}${line.trimEnd()}`).join("\n");
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        domain: { type: "string", multiple: true },
        port: { type: "string" },
        "task-seconds": { type: "string" },
        "requests-per-second": { type: "string" },
        state: { type: "string" },
        "dns-port": { type: "string" },
        zone: { type: "string", multiple: true },
        "publish-seconds": { type: "string" },
        "parent-update": { type: "string" },
        "parent-key": { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function requestsPerSecond(text: string | undefined): Pick<EmulatorOptions, "requestsPerSecond"> {
  if (text === undefined) return {};
  return { requestsPerSecond: numberOf("requests-per-second", text, /^\d+$/, 1e6, 1) };
}

function millisecondsOf(option: string, text: string): number {
  return 1000 * numberOf(option, text, /^\d+(\.\d+)?$/, 1e9);
}

function numberOf(option: string, text: string, form: RegExp, most: number, least = 0): number {
  const value = Number(text);
  if (form.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`--${option} ${text}: a number from ${least} to ${most} is expected.`);
}

function instructions(emulator: Emulator, hasDns: boolean): string {
  const { url, env } = emulator;
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${value}`);
  return [
    `The emulator of the Domain API listens on ${url}. In the shell that runs Pulumi:`,
    "",
    ...exports,
    // A token of a real session would not go with the emulator's key.
    ...("ALICLOUD_SECURITY_TOKEN" in env ? [] : ["unset ALICLOUD_SECURITY_TOKEN"]),
    "",
    ...(hasDns ? dnsInstructions(emulator.dns) : []),
    "Ctrl-C stops it.",
    "",
  ].join("\n");
}

function dnsInstructions({ parent, zones }: EmulatorDns): string[] {
  return [
    `The DNS has the domains' parent zones on ${parent}, and test zones with keys of their own:`,
    ...zones.flatMap((zone) => [
      "",
      `  ${zone.name}, ${zone.condition}, on ${zone.servers.join(" and ")}`,
      `  DNSKEY ${zone.dnskey()}`,
      `  DS     ${zone.ds()}`,
    ]),
    "",
  ];
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => {
      resolve();
    });
  });
}

async function run(): Promise<void> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stop.abort();
    });
  }
  process.exitCode = await main(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    stop: stop.signal,
  });
}

if (require.main === module) void run();
