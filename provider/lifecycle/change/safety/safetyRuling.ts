import { formatDs, type Ds } from "../../../dnssec/ds";
import { shortened } from "../../../wording/listed";
import { DsRecordError } from "../../../errors";
import type { PreflightMode } from "../../../preflight/settings";
import type { Reason, Verdict, VerdictStatus } from "../../../preflight/verdict";
import { repairFor } from "../../../preflight/repair";
import { hopelessCodes, unheardCodes } from "../../../preflight/verdictCodes";
import { recordId, type RecordIdentity } from "../request/identity";
import type { Change } from "../../../registrar/registrar";
import type { Judge } from "../../ports";

/**
 * What becomes of a change: it is made, and these remarks are said; or it is refused. `worries` are warnings, `news` is
 * what to know.
 */
export type Ruling =
  | { readonly kind: "go"; readonly news: readonly string[]; readonly worries: readonly string[] }
  | {
      readonly kind: "refuse";
      readonly finding: string;
      readonly reasons: readonly Reason[];
      /** The set that was judged; the record whose key is missing comes last. */
      readonly set: readonly Ds[];
      readonly error: DsRecordError;
    };

/** A change of one record, and the DS set of its domain before it. */
export interface Intent {
  readonly identity: RecordIdentity;
  readonly change: Change;
  readonly before: readonly Ds[];
}

export type Treatment = "accept" | "tell" | "warn" | "refuse";
export type Refusing = Exclude<PreflightMode, "off">;

/** By the verdict on the DS set that would result, for a change that can be refused. */
const treatments: Readonly<Record<VerdictStatus, Readonly<Record<Refusing, Treatment>>>> = {
  secure: { enforce: "accept", strict: "accept", warn: "accept" },
  insecure: { enforce: "tell", strict: "tell", warn: "tell" },
  bogus: { enforce: "refuse", strict: "refuse", warn: "warn" },
  unknown: { enforce: "warn", strict: "refuse", warn: "warn" },
};

/**
 * Rules on a change by the one predicate: the child zone's DNSKEY RRset is signed by a key that some DS of the resulting
 * set names. Refused is what leads to a bogus set, and under "strict" what nobody can tell; but not a removal from a set that
 * has no match on any server: that is how an outage is repaired.
 *
 * @see RFC 10026 section 4.2.1
 */
export function rulingOn(intent: Intent, mode: Refusing, judge: Judge): Ruling {
  const after = judge(resulting(intent));
  const treatment = treatmentOf(intent, mode, after, judge);
  const worries = shortened(after.warnings.map(({ message }) => message));
  const finding = findingOf(after.reasons);
  switch (treatment) {
    case "accept":
      return { kind: "go", news: [], worries };
    case "tell":
      return isEmptied(intent)
        ? { kind: "go", news: [emptied(intent.identity)], worries }
        : {
            kind: "go",
            news: [],
            worries: [`${intent.identity.domain} is insecure: ${finding}.`, ...worries],
          };
    case "warn":
      return { kind: "go", news: [], worries: [unsafe(intent, after, judge), ...worries] };
    case "refuse":
      return {
        kind: "refuse",
        finding,
        reasons: after.reasons,
        set: resulting(intent),
        error: refusal(intent, after, judge),
      };
  }
}

/** What is to be said of a record that is at the registrar already: it is never refused. */
export function remarksOn({ domain }: RecordIdentity, records: readonly Ds[], judge: Judge): string[] {
  const { status, reasons, warnings } = judge(records);
  const finding = status === "secure" ? [] : [`${domain} is ${inWords[status]}: ${findingOf(reasons)}.`];
  return [...finding, ...shortened(warnings.map(({ message }) => message))];
}

/** What a refresh says of the DS set that its registrar lists; nothing of one that is secure. */
export function standingOf(
  { domain }: RecordIdentity,
  { status, reasons, warnings }: Verdict,
): { readonly severity: "warning" | "info"; readonly text: string } | undefined {
  if (status === "secure") return undefined;
  const finding = `${domain} is ${inWords[status]}: ${findingOf([...reasons, ...warnings])}.`;
  const advice = status === "bogus" ? ` ${repairFor(reasons)}` : "";
  // Without a network, nothing is wrong with the domain.
  return { severity: status === "unknown" ? "info" : "warning", text: `${finding}${advice}` };
}

/** The DS set that a change leads to. */
function resulting({ identity, change, before }: Intent): readonly Ds[] {
  const others = before.filter(({ keyTag }) => keyTag !== identity.keyTag);
  return change.action === "delete" ? others : [...others, change.ds];
}

/** What becomes of a change that leads to a set with this verdict, where nothing excuses it. */
export function treatmentOfSet({ status, warnings }: Verdict, mode: Refusing): Treatment {
  const isUnheard = status === "secure" && warnings.some(({ code }) => unheardCodes.has(code));
  return mode === "strict" && isUnheard ? "refuse" : treatments[status][mode];
}

function treatmentOf(intent: Intent, mode: Refusing, after: Verdict, judge: Judge): Treatment {
  const treatment = treatmentOfSet(after, mode);
  if (treatment !== "refuse" || intent.change.action !== "delete") return treatment;
  return hasNoMatch(judge(intent.before)) ? treatments[after.status].warn : treatment;
}

/** Whether no server of the zone has a key for any of the records: nothing can get worse. */
function hasNoMatch({ status, warnings }: Verdict): boolean {
  return status === "bogus" && !warnings.some(({ code }) => code === "SOME_SERVERS_VALIDATE");
}

export const inWords: Readonly<Record<VerdictStatus, string>> = {
  secure: "secure",
  insecure: "insecure (validating resolvers take it for unsigned)",
  bogus: "bogus (validating resolvers give no answer for it)",
  unknown: "not known to be safe",
};

function isEmptied(intent: Intent): boolean {
  return intent.change.action === "delete" && resulting(intent).length === 0;
}

function emptied({ domain }: RecordIdentity): string {
  return (
    `With this deletion, ${domain} has no DS record left: it turns insecure. Keep its zone signed until the TTL of the last DS record has ` +
    "passed everywhere: until then, resolvers still demand signatures (RFC 8078 section 4)."
  );
}

function unsafe(intent: Intent, after: Verdict, judge: Judge): string {
  const { domain } = intent.identity;
  const was = judge(intent.before).status;
  const still = was === after.status ? "still " : "";
  return `With this change, ${domain} is ${still}${inWords[after.status]}: ${findingOf(after.reasons)}.`;
}

export const participles = { add: "added", modify: "changed", delete: "deleted" } as const;

function refusal(intent: Intent, after: Verdict, judge: Judge): DsRecordError {
  const { identity, change } = intent;
  const isBogus = after.status === "bogus";
  const override = "ALICLOUD_DNSSEC_PREFLIGHT=warn pulumi";
  const commands = change.action === "delete" ? ["up", "destroy"] : ["up"];
  return new DsRecordError(
    isBogus ? "PREFLIGHT_BOGUS" : "PREFLIGHT_UNPROVEN",
    `${recordId(identity)} was not ${participles[change.action]}: ${consequence(intent, after, judge)}. ` +
      `${sentence(isBogus ? after.reasons : [...after.reasons, ...after.warnings])} Nothing was submitted. ` +
      `${isBogus ? advice(intent, after) : "Check that all servers of the zone can be asked from here."} ` +
      `${commands.map((command) => `\`${override} ${command}\``).join(" or ")} makes the change anyway.`,
  );
}

function consequence({ identity, change, before }: Intent, after: Verdict, judge: Judge): string {
  const { domain } = identity;
  if (after.status !== "bogus") {
    return `with preflight "strict" it must be proven that ${domain} validates ${change.action === "delete" ? "without" : "with"} it, and it is not`;
  }
  if (change.action === "delete" && isOfData(after)) {
    return `without it too, validating resolvers would give no answer for ${domain}`;
  }
  if (change.action === "delete") {
    return `it is the record that holds ${domain} up; without it, validating resolvers would give no answer for the domain`;
  }
  const still = judge(before).status === "bogus" ? "still " : "";
  return `with it, validating resolvers would ${still}give no answer for ${domain}`;
}

function advice({ change, identity, before }: Intent, after: Verdict): string {
  if (isOfData(after)) return "Sign the whole zone, at every server, with keys of its DNSKEY RRset.";
  if (change.action !== "delete" && after.reasons.every(({ code }) => hopelessCodes.has(code))) {
    return "Correct the record, or give `dnskey` and let it be computed: time does not help.";
  }
  if (change.action !== "delete") {
    return `Publish the key of "${formatDs(change.ds)}" in the zone and sign with it, or correct the record.`;
  }
  const rest = before.filter(({ keyTag }) => keyTag !== identity.keyTag).map(({ keyTag }) => keyTag);
  return `First publish a key of what is left (${shortened(rest.map(String)).join(", ")}) and sign with it, or declare a record of the key that signs, or delete all records.`;
}

/** Whether the resulting set leads to signed keys, and only what they should sign is at fault. */
function isOfData({ reasons }: Verdict): boolean {
  return reasons.every(({ code }) => code.startsWith("DATA_"));
}

export function findingOf(reasons: readonly Reason[]): string {
  return shortened(reasons.map(({ message }) => message.replace(/\.$/, ""))).join("; ");
}

export function sentence(reasons: readonly Reason[]): string {
  const finding = findingOf(reasons);
  return finding === "" ? "" : `${finding.charAt(0).toUpperCase()}${finding.slice(1)}.`;
}
