import { parseArgs } from "node:util";
import { normalizeZoneName } from "../emulator/dns/protocol/name";
import {
  zoneConditions,
  type DnsOptions,
  type Ds,
  type EmulatorOptions,
  type TestZoneOptions,
  type ZoneConditionName,
} from "../emulator/index";
import { UsageError } from "./command";

export const usage = `Usage: pulumi-alicloud-dnssec emulator [options]

Runs an emulator of Alibaba Cloud's Domain API and of the DNS on this machine. You can try the
provider with it without an account or a real domain. Prints the environment to set and a program.

Options:
  --domain NAME         Domain of the account. Repeatable. Default: example.com
  --record NAME[=DS]    DS record that the domain has from the start, such as
                        example.com="2371 13 2 c988ec42…". Repeatable. Default DS: that of the
                        zone's key
  --port NUMBER         Port of the API on 127.0.0.1. Default: 0, any free port
  --task-seconds NUMBER Duration of a task. Default: 2
  --requests-per-second NUMBER
                        Maximum number of requests. Further ones are refused. Default: no limit
  --state FILE          File that keeps domains, records, tasks and the keys of zones
  --help                Prints this text

DNS servers, which the provider asks before it changes a DS record:
  --no-dns              Starts no DNS servers. The printed environment turns the preflight off
  --dns-port NUMBER     Port on 127.0.0.1 of the parent zones, which have the registry's DS
                        records. Test zones are on the next port. The second server of a
                        staleServer or dataStaleServer zone has any free port. Default: 0, any
                        free ports
  --zone NAME[=CONDITION]
                        Test zone of a domain, signed here. Repeatable. Default: all domains,
                        healthy. Conditions:
${wrap(Object.keys(zoneConditions).join(", "), 24, 98)}
  --publish-seconds NUMBER
                        Time until the parent publishes a change in the registry. Default: 0
`;

/** A record that a domain has from the start. Without `ds`, the record of its zone's key. */
export interface InitialRecord {
  readonly domain: string;
  readonly ds?: Ds;
}

export interface CommandLine {
  readonly domains: readonly string[];
  readonly options: EmulatorOptions;
  readonly records: readonly InitialRecord[];
}

type Values = ReturnType<typeof parse>["values"];

/** Reads the arguments after `emulator`. @throws {UsageError} for arguments that do not fit. */
export function readOptions(args: readonly string[]): CommandLine | "help" {
  const { values, positionals } = parse(args);
  if (values.help) return "help";
  if (positionals.length > 0) throw new UsageError(`Unexpected argument ${JSON.stringify(positionals[0])}.`);
  const domains = values.domain ?? ["example.com"];
  const dns = readDns(values, domains);
  const options = {
    port: readNumber("port", values.port ?? "0", /^\d{1,5}$/, 65535),
    taskDurationMs: readMilliseconds("task-seconds", values["task-seconds"] ?? "2"),
    ...(values.state !== undefined && { stateFile: values.state }),
    ...readRateLimit(values["requests-per-second"]),
    ...(dns && { dns }),
  };
  return { domains, options, records: (values.record ?? []).map((text) => readRecord(text, domains, dns)) };
}

const dnsOptionNames = ["dns-port", "zone", "publish-seconds"] as const;

function readDns(values: Values, domains: readonly string[]): DnsOptions | undefined {
  if (values["no-dns"]) {
    const useless = dnsOptionNames.find((name) => values[name] !== undefined);
    if (useless !== undefined) throw new UsageError(`--${useless} does not go with --no-dns.`);
    return undefined;
  }
  return {
    port: readNumber("dns-port", values["dns-port"] ?? "0", /^\d{1,5}$/, 65534),
    zones: (values.zone ?? domains).map((text) => readZone(text, domains)),
    publishDelayMs: readMilliseconds("publish-seconds", values["publish-seconds"] ?? "0"),
  };
}

function readZone(text: string, domains: readonly string[]): TestZoneOptions {
  const [name = "", condition = "healthy"] = text.split(/=(.*)/s);
  checkDomain(domains, name, `--zone ${text}`);
  if (Object.hasOwn(zoneConditions, condition)) return { name, condition: condition as ZoneConditionName };
  throw new UsageError(`--zone ${text}: there is no condition ${JSON.stringify(condition)}.`);
}

function readRecord(text: string, domains: readonly string[], dns: DnsOptions | undefined): InitialRecord {
  const [domain = "", ds] = text.split(/=(.*)/s);
  checkDomain(domains, domain, `--record ${text}`);
  if (ds !== undefined) return { domain, ds: readDs(text, ds) };
  if (dns?.zones?.some(({ name }) => isSameName(name, domain))) return { domain };
  throw new UsageError(`--record ${text}: there is no zone with a key for ${domain}; write ${domain}=DS.`);
}

function checkDomain(domains: readonly string[], name: string, option: string): void {
  if (domains.some((domain) => isSameName(domain, name))) return;
  throw new UsageError(`${option}: ${name} is not among the domains (${domains.join(", ")}).`);
}

function isSameName(one: string, other: string): boolean {
  return normalizeZoneName(one) === normalizeZoneName(other);
}

function readDs(option: string, text: string): Ds {
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
    `--record ${option}: expected "<key tag> <algorithm> <digest type> <digest>" after the =.`,
  );
}

function wrap(text: string, indent: number, width: number): string {
  const lines = text.match(new RegExp(`.{1,${width - indent}}(?: |$)`, "g")) ?? [];
  return lines.map((line) => `${" ".repeat(indent)}${line.trimEnd()}`).join("\n");
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
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

function readRateLimit(text: string | undefined): Pick<EmulatorOptions, "requestsPerSecond"> {
  if (text === undefined) return {};
  return { requestsPerSecond: readNumber("requests-per-second", text, /^\d+$/, 1e6, 1) };
}

function readMilliseconds(option: string, text: string): number {
  return 1000 * readNumber(option, text, /^\d+(\.\d+)?$/, 1e9);
}

function readNumber(option: string, text: string, form: RegExp, max: number, min = 0): number {
  const value = Number(text);
  if (form.test(text) && value >= min && value <= max) return value;
  throw new UsageError(`--${option} ${text}: expected a number from ${min} to ${max}.`);
}
