import { formatDs, type Ds } from "../../../dnssec/ds";
import { shortened } from "../../../wording/listed";
import { DsRecordError } from "../../../errors";
import {
  findingsOf,
  isBrokenEverywhere,
  treatmentOf,
  treatmentOfDeletion,
  stateVerdict,
  type JudgingMode,
} from "../../../preflight/policy";
import type { Reason, Verdict } from "../../../preflight/verdict";
import { hopelessCodes } from "../../../preflight/verdictCodes";
import { recordId, type RecordIdentity } from "../request/identity";
import type { Change } from "../../../registrar/registrar";
import type { Judge } from "../../ports";
import { pastVerbs } from "../wording/errors";

/**
 * The ruling on a change. It is made, with news (infos) and worries (warnings), or it is refused.
 */
export type Ruling =
  | { readonly kind: "go"; readonly news: readonly string[]; readonly worries: readonly string[] }
  | {
      readonly kind: "refuse";
      readonly finding: string;
      readonly reasons: readonly Reason[];
      /** The set that was judged. The record whose key is missing comes last. */
      readonly set: readonly Ds[];
      readonly error: DsRecordError;
    };

/** A change of one record, and the DS set of its domain before it. */
export interface Intent {
  readonly identity: RecordIdentity;
  readonly change: Change;
  readonly before: readonly Ds[];
}

/**
 * Rules on a change by the DS set that it leads to, as the policy of the preflight says.
 *
 * @see RFC 10026 section 4.2.1
 */
export function rulingOn(intent: Intent, mode: JudgingMode, judge: Judge): Ruling {
  const { identity, change, before } = intent;
  const set = resulting(intent);
  const after = judge(set);
  const treatment =
    change.action === "delete"
      ? treatmentOfDeletion(after, () => judge(before), mode)
      : treatmentOf(after, mode);
  const worries = shortened(after.warnings.map(({ message }) => message));
  switch (treatment) {
    case "accept":
      return { kind: "go", news: [], worries };
    case "tell":
      return change.action === "delete" && set.length === 0
        ? { kind: "go", news: [emptied(identity)], worries }
        : { kind: "go", news: [], worries: [stateVerdict(`${identity.domain} is`, after), ...worries] };
    case "warn":
      return { kind: "go", news: [], worries: [unsafe(intent, after, judge), ...worries] };
    case "refuse":
      return { ...refusalParts(after, set), error: refusalOf(intent, after, judge) };
  }
}

/** Returns the refusal of a change, except for its error. */
export function refusalParts({ reasons }: Verdict, set: readonly Ds[]) {
  return { kind: "refuse", finding: findingsOf(reasons), reasons, set } as const;
}

/** Returns the remarks on records that are at the registrar already. They are never refused. */
export function remarksOn({ domain }: RecordIdentity, records: readonly Ds[], judge: Judge): string[] {
  const verdict = judge(records);
  const finding = verdict.status === "secure" ? [] : [stateVerdict(`${domain} is`, verdict)];
  return [...finding, ...shortened(verdict.warnings.map(({ message }) => message))];
}

/** Returns the DS set that a change leads to. */
function resulting({ identity, change, before }: Intent): readonly Ds[] {
  const others = before.filter(({ keyTag }) => keyTag !== identity.keyTag);
  return change.action === "delete" ? others : [...others, change.ds];
}

function emptied({ domain }: RecordIdentity): string {
  return (
    `With this deletion, ${domain} has no DS record left and turns insecure. Keep its zone signed until the TTL of the last ` +
    "DS record has passed everywhere: until then, resolvers still demand signatures (RFC 8078 section 4)."
  );
}

function unsafe({ identity: { domain }, before }: Intent, after: Verdict, judge: Judge): string {
  const still = judge(before).status === after.status ? " still" : "";
  return stateVerdict(`With this change, ${domain} is${still}`, after);
}

/** A refused change, and the parts of its message that depend on why it is refused. */
export interface Refusal {
  readonly intent: Intent;
  /** The verdict on the set that the change leads to. */
  readonly after: Verdict;
  /** The verdict on the set before it. */
  readonly was: Verdict;
  /** A clause for a bogus result. */
  readonly outage: string;
  /** The missing proof, in a clause after "proof that". */
  readonly unproven: string;
  /** How to repair a bogus result, in a sentence. */
  readonly advice: string;
  /** The commands of Pulumi that make the change. */
  readonly commands: readonly ("up" | "destroy")[];
}

/** Returns the error for a refused change. */
export function refusalError({ intent: { identity, change }, after, was, ...parts }: Refusal): DsRecordError {
  const { domain } = identity;
  const isBogus = after.status === "bogus";
  const consequence = isBogus
    ? parts.outage
    : `preflight "strict" requires proof that ${parts.unproven}, and there is none`;
  const findings = findingsOf(isBogus ? after.reasons : [...after.reasons, ...after.warnings]);
  const advice = isBogus ? parts.advice : "Check that all servers of the zone can be reached from here.";
  const overrides = parts.commands.map((command) => `\`ALICLOUD_DNSSEC_PREFLIGHT=warn pulumi ${command}\``);
  const price = isBogus
    ? `and ${isBrokenEverywhere(was) ? "keeps" : "takes"} ${domain} off the internet for validating resolvers`
    : "without that proof";
  return new DsRecordError(
    isBogus ? "PREFLIGHT_BOGUS" : "PREFLIGHT_UNPROVEN",
    `${recordId(identity)} was not ${pastVerbs[change.action]}: ${consequence}. ` +
      `${findings === "" ? "" : `${capitalized(findings)}. `}Nothing was submitted. ${advice} ` +
      `${overrides.join(" or ")} makes the change anyway, ${price}.`,
  );
}

function refusalOf(intent: Intent, after: Verdict, judge: Judge): DsRecordError {
  const { identity, change, before } = intent;
  const was = judge(before);
  const isDeletion = change.action === "delete";
  return refusalError({
    intent,
    after,
    was,
    outage: outage(intent, after, was),
    unproven: `${identity.domain} validates ${isDeletion ? "without" : "with"} it`,
    advice: advice(intent, after),
    commands: isDeletion ? ["up", "destroy"] : ["up"],
  });
}

function outage({ identity: { domain }, change }: Intent, after: Verdict, was: Verdict): string {
  const noAnswer = `validating resolvers would ${was.status === "bogus" ? "still " : ""}give no answer for`;
  if (change.action !== "delete") return `with it, ${noAnswer} ${domain}`;
  if (isOfData(after)) return `without it too, ${noAnswer} ${domain}`;
  return `${domain} depends on this record; without it, ${noAnswer} the domain`;
}

function advice({ change, identity, before }: Intent, after: Verdict): string {
  if (isOfData(after)) return "Sign the whole zone, at every server, with keys of its DNSKEY RRset.";
  if (change.action !== "delete" && after.reasons.every(({ code }) => hopelessCodes.has(code))) {
    return "Correct the record, or give `dnskey`, and the record is computed from it. Waiting does not help.";
  }
  if (change.action !== "delete") {
    return `Publish the key of "${formatDs(change.ds)}" in the zone and sign with it, or correct the record.`;
  }
  const rest = before.filter(({ keyTag }) => keyTag !== identity.keyTag).map(({ keyTag }) => keyTag);
  return `First publish a key of the remaining records (${shortened(rest.map(String)).join(", ")}) and sign with it, or declare a record of the key that signs, or delete all records.`;
}

/**
 * Returns whether the resulting set leads to signed keys, and only the data that they should sign
 * is at fault.
 */
function isOfData({ reasons }: Verdict): boolean {
  return reasons.every(({ code }) => code.startsWith("DATA_"));
}

/** Capitalizes the first word, unless it is the name of a server. */
function capitalized(text: string): string {
  return text.replace(/^[a-z](?=[a-z]* )/, (letter) => letter.toUpperCase());
}
