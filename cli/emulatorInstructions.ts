import { canonicalZoneName } from "../emulator/dns/protocol/name";
import { type Ds, type Emulator, type EmulatorDns } from "../emulator/index";

/** The environment of the shell that runs Pulumi, and a program that works with the emulator. */
export function instructions(emulator: Emulator, domains: readonly string[], dns?: EmulatorDns): string {
  return [
    `The emulator of the Domain API listens on ${emulator.url}. In the shell that runs Pulumi:`,
    "",
    ...environment(emulator, dns),
    "",
    ...(dns ? dnsInstructions(dns) : []),
    `A program for ${domains.join(", ")}, as the index.ts of a Pulumi project:`,
    "",
    ...program(emulator, domains, dns),
    "",
    "Ctrl-C stops the emulator.",
    "",
  ].join("\n");
}

function environment({ env }: Emulator, dns: EmulatorDns | undefined): string[] {
  const exports = Object.entries({ ...env, ...(!dns && { ALICLOUD_DNSSEC_PREFLIGHT: "off" }) });
  return [
    ...exports.map(([name, value]) => `export ${name}=${value}`),
    // A token of a real session would not go with the emulator's key.
    ...("ALICLOUD_SECURITY_TOKEN" in env ? [] : ["unset ALICLOUD_SECURITY_TOKEN"]),
  ];
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

function program(emulator: Emulator, domains: readonly string[], dns: EmulatorDns | undefined): string[] {
  const declarations = domains.flatMap((domain) => [
    "",
    `new DsRecord(${JSON.stringify(domain)}, {`,
    `  domainName: ${JSON.stringify(domain)},`,
    ...properties(emulator, domain, dns).map((line) => `  ${line}`),
    "});",
  ]);
  return ['import { DsRecord } from "pulumi-alicloud-dnssec";', ...declarations];
}

/** The DS record of a domain that has none and no zone here: that of RFC 6605 section 6.1. */
const exampleDs: Ds = {
  keyTag: 55648,
  algorithm: 13,
  digestType: 2,
  digest: "b4c8c1fe2e7477127b27115656ad6256f424625bf5c1e2770ce6d6e37df61d17",
};

function properties(emulator: Emulator, domain: string, dns?: EmulatorDns): string[] {
  const zone = dns?.zones.find(({ name }) => name === canonicalZoneName(domain));
  if (zone) {
    const key = property("dnskey", zone.dnskey());
    // The environment names the zones' servers only where all zones have the same.
    return "ALICLOUD_DNSSEC_NAME_SERVERS" in emulator.env
      ? [key]
      : [key, property("nameServers", zone.servers)];
  }
  const [{ keyTag, algorithm, digestType, digest } = exampleDs] = emulator.records(domain);
  const ds = property("ds", `${keyTag} ${algorithm} ${digestType} ${digest}`);
  return dns ? [ds, ...withoutPreflight] : [ds];
}

const withoutPreflight = [
  "// The emulator serves no zone for this domain, so there is no key to check the record against.",
  property("preflight", "off"),
];

function property(name: string, value: unknown): string {
  return `${name}: ${JSON.stringify(value)},`;
}
