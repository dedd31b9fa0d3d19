import { DnsDataError } from "../dnssec/dnsDataError";
import { dsFromDnskey, parseDnskeyRecord } from "../dnssec/dnskey";
import { formatDs, parseDsRecord, type Ds } from "../dnssec/ds";
import { domainName as canonicalName, sameName } from "../dnssec/name";
import { quoted } from "../dnssec/quoted";
import { DsRecordError } from "../errors";
import { nearestOf } from "../wording/nearest";
import { systemDelegations } from "./delegations";
import { serverListAllowed, serverListFaults, type ServerTexts } from "./settings";
import type { Verdict } from "./verdict";

/** What {@link checkDelegation} judges, and which servers it asks. */
export interface DelegationCheck {
  /** The domain, in any form that `DsRecord` takes. */
  readonly domainName: string;
  /**
   * The whole DS set to judge, each record as data or as text that `parseDs` reads. A text with an
   * owner must have the domain as its owner. An empty list is a domain without DS.
   *
   * @default The set that the parent publishes; with `dnskey`, no other record. To get the default,
   *   leave the property out: `undefined` is refused, because a value may have got lost.
   */
  readonly ds?: string | Ds | readonly (string | Ds)[];
  /** A key whose DS (SHA-256) is added to the set, as text that `parseDnskey` reads. */
  readonly dnskey?: string | undefined;
  /**
   * Name servers of the domain's zone, in place of those in its delegation: `192.0.2.1`,
   * `[2001:db8::1]:5301`.
   */
  readonly nameServers?: readonly string[] | undefined;
  /**
   * Name servers of the parent zone to ask for the delegation, in place of those that are found.
   */
  readonly parentNameServers?: readonly string[] | undefined;
  /** Maximum time for the whole check, in ms; 5,000 by default. */
  readonly timeoutMs?: number | undefined;
}

const sha256 = 2;
let delegations: ReturnType<typeof systemDelegations> | undefined;

/**
 * Asks every name server of a domain's zone for its keys and its SOA record, as `pulumi up` does
 * before it changes a record. Returns how a validating resolver would treat the domain with this DS
 * set or, without one, with the set that the parent publishes. The worst server counts. For
 * programs, tests and policies. It asks only the DNS, not the registrar or Pulumi, and changes
 * nothing.
 *
 * @returns A verdict, also when no server answers (`unknown`). `reasons` explain its status;
 *   `warnings` are other problems to fix.
 * @throws {DnsDataError} DOMAIN_NAME_INVALID, DS_SYNTAX, DNSKEY_SYNTAX
 * @throws {DsRecordError} CONFIG_INVALID, before any server is asked, for name servers that are not
 *   addresses, an invalid time, and an unknown property.
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
    nameServers: serversOf("nameServers", check.nameServers),
    parentNameServers: serversOf("parentNameServers", check.parentNameServers),
  };
  const timeoutMs = timeoutOf(check.timeoutMs);
  delegations ??= systemDelegations();
  if (set === undefined) return (await delegations.ask(domain, servers, undefined, timeoutMs)).verdict();
  const judge = await delegations.keysOf(domain, servers, undefined, timeoutMs);
  return judge(set);
}

/** Refuses unknown properties, since a check with a misspelt `ds` would judge another set. */
function expectProperties(check: DelegationCheck): void {
  if (typeof check !== "object" || (check as unknown) === null) {
    throw invalid(
      `the argument must be an object such as { domainName: "example.com" }, got ${quoted(check)}`,
    );
  }
  const names: readonly string[] = [
    ...["domainName", "ds", "dnskey", "nameServers", "parentNameServers", "timeoutMs"],
  ];
  const unknown = Object.keys(check).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const nearest = nearestOf(unknown, names);
  const hint = nearest === undefined ? `the properties are ${names.join(", ")}` : `did you mean ${nearest}?`;
  throw invalid(`there is no property ${quoted(unknown)}; ${hint}`);
}

/** Returns undefined where the parent's set is to be judged. */
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
    `${name} must be text such as "2371 13 2 c988ec42…", or { keyTag, algorithm, digestType, digest } with three numbers and a ` +
      `text, got ${quoted(given)}`,
  );
}

function keyOf(text: unknown, domain: string): Ds[] {
  if (text === undefined) return [];
  if (typeof text !== "string") {
    throw new DnsDataError(
      "DNSKEY_SYNTAX",
      `dnskey must be text such as "257 3 13 mdsswUyr3DPW…", got ${quoted(text)}`,
    );
  }
  const { owner, dnskey } = parseDnskeyRecord(text);
  if (owner !== undefined) expectOwner("DNSKEY", owner, domain);
  return [dsFromDnskey(domain, dnskey, sha256)];
}

function expectOwner(type: "DS" | "DNSKEY", owner: string, domain: string): void {
  if (sameName(owner, domain)) return;
  throw new DnsDataError(
    `${type}_SYNTAX`,
    `The ${type} record belongs to ${quoted(owner)}, not to ${domain}.`,
  );
}

function serversOf(name: keyof ServerTexts, given: unknown): readonly string[] | undefined {
  if (given === undefined) return undefined;
  const [fault] = serverListFaults(given);
  if (fault === undefined) return given as readonly string[];
  throw invalid(`${name} must be ${serverListAllowed}, got ${fault}`);
}

/** Maximum delay of a timer of Node, in ms. */
const maxTimeoutMs = 2 ** 31 - 1;

function timeoutOf(given: unknown): number | undefined {
  if (given === undefined) return undefined;
  if (typeof given === "number" && given > 0 && given <= maxTimeoutMs) return given;
  throw invalid(
    `timeoutMs must be a number of milliseconds above 0 and at most ${maxTimeoutMs}, got ${quoted(given)}`,
  );
}

function invalid(what: string): DsRecordError {
  return new DsRecordError("CONFIG_INVALID", `checkDelegation: ${what}${what.endsWith("?") ? "" : "."}`);
}
