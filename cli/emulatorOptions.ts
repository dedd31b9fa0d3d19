import { parseArgs } from "node:util";
import { canonicalZoneName } from "../emulator/dns/protocol/name";
import {
  zoneConditions,
  type DnsOptions,
  type Ds,
  type EmulatorOptions,
  type TestZoneOptions,
  type ZoneConditionName,
} from "../emulator/index";

export const usage = `Usage: pulumi-alicloud-dnssec emulator [options]

Runs an emulator of Alibaba Cloud's Domain API and of the DNS on this machine, for trying the provider out: no account
is needed, no real domain is touched. It prints the environment to set and a program that works with it.

Options:
  --domain NAME         A domain of the account; can be repeated. Default: example.com
  --record NAME[=DS]    A DS record that this domain has from the start, such as example.com="2371 13 2 c988ec42…".
                        Default: that of the zone's key. Can be repeated
  --port NUMBER         The port on 127.0.0.1. Default: 0, any that is free
  --task-seconds NUMBER How long a task takes. Default: 2
  --requests-per-second NUMBER
                        Requests beyond are refused. Default: no limit
  --state FILE          Keeps domains, records, tasks and the keys of zones in this file
  --help                Prints this

Servers of the DNS, which the provider asks before it changes a DS record:
  --no-dns              Starts none; the environment that is printed switches the provider's preflight off
  --dns-port NUMBER     The port on 127.0.0.1 of the parent zones, with the DS records that the registry has; test
                        zones are on the next one. The second server of a staleServer or dataStaleServer zone has
                        any port that is free. Default: 0, any that are free
  --zone NAME[=CONDITION]
                        A domain's test zone, signed here; can be repeated. Default: all domains, healthy. Conditions:
${wrapped(Object.keys(zoneConditions).join(", "), 24, 118)}
  --publish-seconds NUMBER
                        How long the parent lags behind the registry. Default: 0
`;

/** The user's mistake: it is told without a stack, and the exit code is 2. */
export class UsageError extends Error {}

/** A record that a domain has from the start. Without `ds`, it is that of the key of its zone. */
export interface FirstRecord {
  readonly domain: string;
  readonly ds?: Ds;
}

export interface CommandLine {
  readonly domains: readonly string[];
  readonly options: EmulatorOptions;
  readonly records: readonly FirstRecord[];
}

type Values = ReturnType<typeof parsed>["values"];

/** @throws {UsageError} for a command line that makes no sense. */
export function readCommandLine(argv: readonly string[]): CommandLine | "help" {
  const { values, positionals } = parsed(argv);
  if (values.help) return "help";
  const [command, ...rest] = positionals;
  if (command === undefined) throw new UsageError("A command is missing: emulator.");
  if (command !== "emulator")
    throw new UsageError(`There is no command ${JSON.stringify(command)}, only emulator.`);
  if (rest.length > 0) throw new UsageError(`Unexpected argument ${JSON.stringify(rest[0])}.`);
  const domains = values.domain ?? ["example.com"];
  const dns = dnsOf(values, domains);
  const options = {
    port: numberOf("port", values.port ?? "0", /^\d{1,5}$/, 65535),
    taskDurationMs: millisecondsOf("task-seconds", values["task-seconds"] ?? "2"),
    ...(values.state !== undefined && { stateFile: values.state }),
    ...requestsPerSecond(values["requests-per-second"]),
    ...(dns && { dns }),
  };
  return { domains, options, records: (values.record ?? []).map((text) => recordOf(text, domains, dns)) };
}

const dnsOptionNames = ["dns-port", "zone", "publish-seconds"] as const;

function dnsOf(values: Values, domains: readonly string[]): DnsOptions | undefined {
  if (values["no-dns"]) {
    const useless = dnsOptionNames.find((name) => values[name] !== undefined);
    if (useless !== undefined) throw new UsageError(`--${useless} does not go with --no-dns.`);
    return undefined;
  }
  return {
    port: numberOf("dns-port", values["dns-port"] ?? "0", /^\d{1,5}$/, 65534),
    zones: (values.zone ?? domains).map((text) => zoneOf(text, domains)),
    publishDelayMs: millisecondsOf("publish-seconds", values["publish-seconds"] ?? "0"),
  };
}

function zoneOf(text: string, domains: readonly string[]): TestZoneOptions {
  const [name = "", condition = "healthy"] = text.split(/=(.*)/s);
  checkAmong(domains, name, `--zone ${text}`);
  if (Object.hasOwn(zoneConditions, condition)) return { name, condition: condition as ZoneConditionName };
  throw new UsageError(`--zone ${text}: there is no condition ${JSON.stringify(condition)}.`);
}

function recordOf(text: string, domains: readonly string[], dns: DnsOptions | undefined): FirstRecord {
  const [domain = "", ds] = text.split(/=(.*)/s);
  checkAmong(domains, domain, `--record ${text}`);
  if (ds !== undefined) return { domain, ds: dsOf(text, ds) };
  if (dns?.zones?.some(({ name }) => isSameName(name, domain))) return { domain };
  throw new UsageError(`--record ${text}: there is no zone with a key for ${domain}; write ${domain}=DS.`);
}

function checkAmong(domains: readonly string[], name: string, option: string): void {
  if (domains.some((domain) => isSameName(domain, name))) return;
  throw new UsageError(`${option}: ${name} is not among the domains (${domains.join(", ")}).`);
}

function isSameName(one: string, other: string): boolean {
  return canonicalZoneName(one) === canonicalZoneName(other);
}

function dsOf(option: string, text: string): Ds {
  const [, keyTag, algorithm, digestType, digest = ""] =
    /^\s*(\d{1,5})\s+(\d{1,3})\s+(\d{1,3})\s+((?:[\da-f]{2}\s*)+)$/i.exec(text) ?? [];
  const ds = {
    keyTag: Number(keyTag),
    algorithm: Number(algorithm),
    digestType: Number(digestType),
    digest: digest.replaceAll(/\s/g, "").toLowerCase(),
  };
  if (ds.keyTag <= 65535 && ds.algorithm <= 255 && ds.digestType <= 255) return ds;
  throw new UsageError(
    `--record ${option}: "<key tag> <algorithm> <digest type> <digest>" is expected after the =.`,
  );
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
        record: { type: "string", multiple: true },
        port: { type: "string" },
        "task-seconds": { type: "string" },
        "requests-per-second": { type: "string" },
        state: { type: "string" },
        "no-dns": { type: "boolean" },
        "dns-port": { type: "string" },
        zone: { type: "string", multiple: true },
        "publish-seconds": { type: "string" },
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
