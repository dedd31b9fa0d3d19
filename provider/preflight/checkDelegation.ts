import { DnsDataError } from "../dnssec/dnsDataError";
import { dsFromDnskey, parseDnskeyRecord } from "../dnssec/dnskey";
import { parseDsRecord, type Ds } from "../dnssec/ds";
import { domainName as canonicalName, sameName } from "../dnssec/name";
import { quoted } from "../dnssec/quoted";
import { DsRecordError } from "../errors";
import { parseServerAddress } from "../serverAddress";
import { systemDelegations } from "./delegations";
import type { Verdict } from "./verdict";

/** What {@link checkDelegation} is to judge, and whom it asks. */
export interface DelegationCheck {
  /** The domain, in any form that `DsRecord` takes. */
  readonly domainName: string;
  /**
   * The DS set to judge, all of it: each record as data, or as text that `parseDs` reads, whose owner, where there is one,
   * must be the domain. An empty list is a domain without DS.
   */
  readonly ds: string | Ds | readonly (string | Ds)[];
  /** A key whose DS (SHA-256) belongs to the set too: text that `parseDnskey` reads. */
  readonly dnskey?: string | undefined;
  /** The name servers of the domain's zone, in place of those that its delegation names: `192.0.2.1`, `[2001:db8::1]:5301`. */
  readonly nameServers?: readonly string[] | undefined;
  /** Those of the parent zone, which are asked for the delegation. */
  readonly parentNameServers?: readonly string[] | undefined;
  /** For all of it, in milliseconds; 5,000 by default. */
  readonly timeoutMs?: number | undefined;
}

const sha256 = 2;
let delegations: ReturnType<typeof systemDelegations> | undefined;

/**
 * What a validating resolver would make of a domain with this DS set: asks every name server of the domain's zone for its
 * keys, as `pulumi up` does before it changes a record, and judges by the worst of them. For programs, tests and policies.
 * It asks the DNS only, neither registrar nor Pulumi, and changes nothing.
 *
 * @returns a verdict, also where nobody answers (`unknown`): `reasons` say why, `warnings` what should be mended all the same.
 * @throws {DnsDataError} DOMAIN_NAME_INVALID, DS_SYNTAX, DNSKEY_SYNTAX
 * @throws {DsRecordError} CONFIG_INVALID for name servers that are no addresses, before anybody is asked.
 * @example
 * const verdict = await checkDelegation({
 *   domainName: "example.com",
 *   ds: "2371 13 2 C988EC423E3880EB8DD8A46FE06CA230EE23F35B578D64E78B29C3E1C83D245A",
 * });
 * if (verdict.status !== "secure") throw new Error(verdict.reasons.map(({ message }) => message).join("; "));
 * @see RFC 10026 section 4.2.1
 */
export async function checkDelegation(check: DelegationCheck): Promise<Verdict> {
  const domain = canonicalName(check.domainName);
  const given = Array.isArray(check.ds) ? (check.ds as readonly (string | Ds)[]) : [check.ds as string | Ds];
  const set = [...given.map((ds) => dsOf(ds, domain)), ...keyOf(check.dnskey, domain)];
  const servers = {
    nameServers: addresses("nameServers", check.nameServers),
    parentNameServers: addresses("parentNameServers", check.parentNameServers),
  };
  delegations ??= systemDelegations();
  const judge = await delegations.keysOf(domain, servers, undefined, check.timeoutMs);
  return judge(set);
}

function dsOf(given: string | Ds, domain: string): Ds {
  if (typeof given !== "string") return { ...given, digest: given.digest.toLowerCase() };
  const { owner, ds } = parseDsRecord(given);
  if (owner !== undefined) expectOwner("DS", owner, domain);
  return ds;
}

function keyOf(text: string | undefined, domain: string): Ds[] {
  if (text === undefined) return [];
  const { owner, dnskey } = parseDnskeyRecord(text);
  if (owner !== undefined) expectOwner("DNSKEY", owner, domain);
  return [dsFromDnskey(domain, dnskey, sha256)];
}

function expectOwner(type: "DS" | "DNSKEY", owner: string, domain: string): void {
  if (sameName(owner, domain)) return;
  throw new DnsDataError(`${type}_SYNTAX`, `The ${type} record is of ${quoted(owner)}, not of ${domain}.`);
}

function addresses(
  name: "nameServers" | "parentNameServers",
  given: readonly string[] | undefined,
): readonly string[] | undefined {
  const wrong = given?.find((entry) => parseServerAddress(entry) === undefined);
  if (wrong === undefined && given?.length !== 0) return given;
  const what = wrong === undefined ? "an empty list" : quoted(wrong);
  throw new DsRecordError(
    "CONFIG_INVALID",
    `${name} has ${what}; allowed are IP addresses, with a port where it is not 53, such as "192.0.2.1" and "[2001:db8::1]:5301".`,
  );
}
