import { DnsDataError } from "../dnssec/dnsDataError";
import { dsFromDnskey, parseDnskeyRecord } from "../dnssec/dnskey";
import { formatDs, parseDsRecord, type Ds } from "../dnssec/ds";
import { domainName as canonicalName, sameName } from "../dnssec/name";
import { quoted } from "../dnssec/quoted";
import { defaultDigestType } from "../dnssec/registries";
import { DsRecordError } from "../errors";
import { nearestOf } from "../wording/nearest";
import { parseServerAddress } from "../dns/serverAddress";
import { systemDelegations } from "./delegations";
import type { Verdict } from "./verdict";

/** What {@link checkDelegation} judges, and whom it asks. */
export interface DelegationCheck {
  /** The domain, in any form that `DsRecord` takes. */
  readonly domainName: string;
  /**
   * The DS set to judge, all of it: each record as data, or as text that `parseDs` reads, whose owner, where there is one,
   * must be the domain. An empty list is a domain without DS.
   *
   * @default with `dnskey` none; else what the parent publishes. Leave it out then: `undefined` is refused, so that a value
   *   that got lost is not taken for that.
   */
  readonly ds?: string | Ds | readonly (string | Ds)[];
  /** A key whose DS (SHA-256) belongs to the set too: text that `parseDnskey` reads. */
  readonly dnskey?: string | undefined;
  /** The name servers of the domain's zone, in place of those that its delegation names: `192.0.2.1`, `[2001:db8::1]:5301`. */
  readonly nameServers?: readonly string[] | undefined;
  /** Those of the parent zone, which are asked for the delegation. */
  readonly parentNameServers?: readonly string[] | undefined;
  /** For all of it, in milliseconds; 5,000 by default. */
  readonly timeoutMs?: number | undefined;
}

let delegations: ReturnType<typeof systemDelegations> | undefined;

/**
 * Asks every name server of a domain's zone for its keys and its SOA record, as `pulumi up` does before it changes a record,
 * and judges what a validating resolver would make of the domain with this DS set, or makes of it with the one that the
 * parent publishes. The worst server counts. For programs, tests and policies.
 * It asks the DNS only, neither registrar nor Pulumi, and changes nothing.
 *
 * @returns a verdict, also where nobody answers (`unknown`): `reasons` say why, `warnings` what should be mended all the same.
 * @throws {DnsDataError} DOMAIN_NAME_INVALID, DS_SYNTAX, DNSKEY_SYNTAX
 * @throws {DsRecordError} CONFIG_INVALID for name servers that are no addresses, for a time that is none and for a property
 *   that there is not, before any server is asked.
 * @example
 * const verdict = await checkDelegation({
 *   domainName: "example.com",
 *   ds: "2371 13 2 C988EC423E3880EB8DD8A46FE06CA230EE23F35B578D64E78B29C3E1C83D245A",
 * });
 * if (verdict.status !== "secure") throw new Error(verdict.reasons.map(({ message }) => message).join("; "));
 * @example
 * const { status } = await checkDelegation({ domainName: "example.com" }); // with the DS records in the parent zone
 * @see RFC 10026 section 4.2.1
 */
export async function checkDelegation(check: DelegationCheck): Promise<Verdict> {
  expectProperties(check);
  const domain = canonicalName(check.domainName);
  const set = setOf(check, domain);
  const servers = {
    nameServers: addresses("nameServers", check.nameServers),
    parentNameServers: addresses("parentNameServers", check.parentNameServers),
  };
  const timeoutMs = time(check.timeoutMs);
  delegations ??= systemDelegations();
  if (set === undefined) return delegations.asPublished(domain, servers, undefined, timeoutMs);
  const judge = await delegations.keysOf(domain, servers, undefined, timeoutMs);
  return judge(set);
}

/** With `ds` optional, a misspelt one would be a check of something else. */
function expectProperties(check: DelegationCheck): void {
  if (typeof check !== "object" || (check as unknown) === null) {
    throw invalid(`it takes an object such as { domainName: "example.com" }, not ${quoted(check)}`);
  }
  const names: readonly string[] = [
    ...["domainName", "ds", "dnskey", "nameServers", "parentNameServers", "timeoutMs"],
  ];
  const unknown = Object.keys(check).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const nearest = nearestOf(unknown, names);
  const hint = nearest === undefined ? `there are ${names.join(", ")}` : `did you mean ${nearest}?`;
  throw invalid(`there is no property ${quoted(unknown)}; ${hint}`);
}

/** Undefined where the parent's set is to be judged. */
function setOf(check: DelegationCheck, domain: string): readonly Ds[] | undefined {
  const hasDs = Object.hasOwn(check, "ds");
  const hasKey = Object.hasOwn(check, "dnskey");
  if (hasDs && check.ds === undefined) throw lost("ds", "DS_SYNTAX");
  if (hasKey && !hasDs && check.dnskey === undefined) throw lost("dnskey", "DNSKEY_SYNTAX");
  if (!hasDs && !hasKey) return undefined;
  const given: readonly unknown[] = Array.isArray(check.ds) ? check.ds : hasDs ? [check.ds] : [];
  const name = (index: number) => (Array.isArray(check.ds) ? `ds[${index}]` : "ds");
  return [...given.map((ds, index) => dsOf(ds, name(index), domain)), ...keyOf(check.dnskey, domain)];
}

function lost(name: string, code: "DS_SYNTAX" | "DNSKEY_SYNTAX"): DnsDataError {
  const message = `${name} is undefined: leave the property out to judge what the parent publishes`;
  return new DnsDataError(code, name === "ds" ? `${message}, or give [] for a domain without DS` : message);
}

function dsOf(given: unknown, name: string, domain: string): Ds {
  const { owner, ds } = parseDsRecord(typeof given === "string" ? given : textOf(given, name));
  if (owner !== undefined) expectOwner("DS", owner, domain);
  return ds;
}

function textOf(given: unknown, name: string): string {
  const { keyTag, algorithm, digestType, digest } = (given ?? {}) as Partial<Record<keyof Ds, unknown>>;
  const areNumbers = [keyTag, algorithm, digestType].every((value) => typeof value === "number");
  if (areNumbers && typeof digest === "string") return formatDs(given as Ds);
  throw new DnsDataError(
    "DS_SYNTAX",
    `${name} is ${quoted(given)}; allowed are text such as "2371 13 2 c988ec42…" and { keyTag, algorithm, digestType, digest }, three numbers and a text`,
  );
}

function keyOf(text: unknown, domain: string): Ds[] {
  if (text === undefined) return [];
  if (typeof text !== "string") {
    throw new DnsDataError(
      "DNSKEY_SYNTAX",
      `dnskey is ${quoted(text)}; allowed is text such as "257 3 13 mdsswUyr3DPW…"`,
    );
  }
  const { owner, dnskey } = parseDnskeyRecord(text);
  if (owner !== undefined) expectOwner("DNSKEY", owner, domain);
  return [dsFromDnskey(domain, dnskey, defaultDigestType)];
}

function expectOwner(type: "DS" | "DNSKEY", owner: string, domain: string): void {
  if (sameName(owner, domain)) return;
  throw new DnsDataError(`${type}_SYNTAX`, `The ${type} record is of ${quoted(owner)}, not of ${domain}.`);
}

function addresses(name: "nameServers" | "parentNameServers", given: unknown): readonly string[] | undefined {
  if (given === undefined) return undefined;
  const entries: readonly unknown[] | undefined = Array.isArray(given) ? given : undefined;
  const isAddress = (entry: unknown) => typeof entry === "string" && parseServerAddress(entry) !== undefined;
  const wrong = entries?.filter((entry) => !isAddress(entry)) ?? [given];
  if (wrong.length === 0 && entries?.length !== 0) return given as readonly string[];
  const what = wrong.length === 0 ? "an empty list" : quoted(wrong[0]);
  throw invalid(
    `${name} has ${what}; allowed is a list of IP addresses, with a port where it is not 53, such as ["192.0.2.1", "[2001:db8::1]:5301"]`,
  );
}

/** Longer ones are no time-outs to Node. */
const maxTimeoutMs = 2 ** 31 - 1;

function time(given: unknown): number | undefined {
  if (given === undefined) return undefined;
  if (typeof given === "number" && given > 0 && given <= maxTimeoutMs) return given;
  throw invalid(
    `timeoutMs is ${quoted(given)}; allowed are milliseconds, more than 0 and up to ${maxTimeoutMs}`,
  );
}

function invalid(what: string): DsRecordError {
  return new DsRecordError("CONFIG_INVALID", `checkDelegation: ${what}${what.endsWith("?") ? "" : "."}`);
}
