import { normalizeZoneName } from "../emulator/dns/protocol/name";
import { type Ds, type Emulator, type EmulatorDns } from "../emulator/index";

/** Formats the environment to set in the shell that runs Pulumi, and a program for the emulator. */
export function formatInstructions(
  emulator: Emulator,
  domains: readonly string[],
  dns?: EmulatorDns,
): string {
  return [
    `The emulator of the Domain API listens on ${emulator.url}. In the shell that runs Pulumi:`,
    "",
    ...formatEnvironment(emulator, dns),
    "",
    ...(dns ? formatDns(dns) : []),
    `A program for ${domains.join(", ")}, for the index.ts of a Pulumi project:`,
    "",
    ...formatProgram(emulator, domains, dns),
    "",
    "Ctrl-C stops the emulator.",
    "",
  ].join("\n");
}

function formatEnvironment({ env }: Emulator, dns: EmulatorDns | undefined): string[] {
  const exports = Object.entries({ ...env, ...(!dns && { ALICLOUD_DNSSEC_PREFLIGHT: "off" }) });
  return [
    ...exports.map(([name, value]) => `export ${name}=${value}`),
    // The token of a real session does not belong to the emulator's key.
    ...("ALICLOUD_SECURITY_TOKEN" in env ? [] : ["unset ALICLOUD_SECURITY_TOKEN"]),
  ];
}

function formatDns({ parent, zones }: EmulatorDns): string[] {
  return [
    `The DNS server of the parent zones is ${parent}. These test zones have keys of their own:`,
    ...zones.flatMap((zone) => [
      "",
      `  ${zone.name}, ${zone.condition}, on ${zone.servers.join(" and ")}`,
      `  DNSKEY ${zone.dnskey()}`,
      `  DS     ${zone.ds()}`,
    ]),
    "",
  ];
}

function formatProgram(
  emulator: Emulator,
  domains: readonly string[],
  dns: EmulatorDns | undefined,
): string[] {
  const declarations = domains.flatMap((domain) => [
    "",
    `new DsRecord(${JSON.stringify(domain)}, {`,
    `  domainName: ${JSON.stringify(domain)},`,
    ...formatProperties(emulator, domain, dns).map((line) => `  ${line}`),
    "});",
  ]);
  return ['import { DsRecord } from "pulumi-alicloud-dnssec";', ...declarations];
}

/** DS record for a domain without a record or a zone here, from RFC 6605 section 6.1. */
const exampleDs: Ds = {
  keyTag: 55648,
  algorithm: 13,
  digestType: 2,
  digest: "b4c8c1fe2e7477127b27115656ad6256f424625bf5c1e2770ce6d6e37df61d17",
};

function formatProperties(emulator: Emulator, domain: string, dns?: EmulatorDns): string[] {
  const zone = dns?.zones.find(({ name }) => name === normalizeZoneName(domain));
  if (zone) {
    const key = formatProperty("dnskey", zone.dnskey());
    // The environment names the zones' servers only if all zones have the same.
    return "ALICLOUD_DNSSEC_NAME_SERVERS" in emulator.env
      ? [key]
      : [key, formatProperty("nameServers", zone.servers)];
  }
  const [{ keyTag, algorithm, digestType, digest } = exampleDs] = emulator.records(domain);
  const ds = formatProperty("ds", `${keyTag} ${algorithm} ${digestType} ${digest}`);
  return dns ? [ds, ...withoutPreflight] : [ds];
}

const withoutPreflight = [
  "// The emulator serves no zone for this domain, so there is no key to check the record against.",
  formatProperty("preflight", "off"),
];

function formatProperty(name: string, value: unknown): string {
  return `${name}: ${JSON.stringify(value)},`;
}
