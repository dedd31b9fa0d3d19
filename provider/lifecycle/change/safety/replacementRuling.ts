import { formatDs } from "../../../dnssec/ds";
import { DsRecordError } from "../../../errors";
import type { Verdict } from "../../../preflight/verdict";
import { recordId } from "../request/identity";
import type { Judge } from "../../ports";
import {
  findingOf,
  inWords,
  participles,
  rulingOn,
  sentence,
  treatmentOfSet,
  type Intent,
  type Refusing,
  type Ruling,
} from "./safetyRuling";
import type { Replacement } from "./replacements";

/**
 * Rules on a change by the set that it leads to and, if it begins a replacement, by the set that the replacement ends
 * with. A wrong record beside the one that it replaces would pass, and nothing could undo it but another run.
 */
export function rulingOnChange(
  intent: Intent,
  replacement: Replacement | undefined,
  mode: Refusing,
  judge: Judge,
): Ruling {
  const ruling = rulingOn(intent, mode, judge);
  if (ruling.kind === "refuse" || replacement === undefined) return ruling;
  const verdict = judge(replacement.end);
  switch (treatmentOfSet(verdict, mode)) {
    case "accept":
      return ruling;
    case "tell":
    case "warn":
      return { ...ruling, worries: [...new Set([...ruling.worries, outlook(replacement, verdict)])] };
    case "refuse":
      return {
        kind: "refuse",
        finding: findingOf(verdict.reasons),
        reasons: verdict.reasons,
        set: [replacement.ds],
        error: refusal(intent, replacement, verdict),
      };
  }
}

/** Returns what a record that is at the registrar already has to be warned about, where it replaces another. */
export function remarksOnEnd(replacement: Replacement | undefined, judge: Judge): string[] {
  const verdict = replacement && judge(replacement.end);
  return replacement && verdict && verdict.status !== "secure" ? [outlook(replacement, verdict)] : [];
}

function outlook({ from, to }: Replacement, { status, reasons }: Verdict): string {
  return (
    `When ${recordId(to)} has replaced ${recordId(from)}, ${from.domain} will be ${inWords[status]}: ` +
    `${findingOf(reasons)}.`
  );
}

function refusal(
  { identity, change }: Intent,
  { from, to, ds }: Replacement,
  { status, reasons, warnings }: Verdict,
): DsRecordError {
  const isBogus = status === "bogus";
  const { domain } = identity;
  const consequence = isBogus
    ? `when ${recordId(to)} has replaced ${recordId(from)}, validating resolvers would give no answer for ${domain}`
    : `with preflight "strict" it must be proven that ${domain} validates when ${recordId(to)} has replaced ` +
      `${recordId(from)}, and it is not`;
  const advice = isBogus
    ? `Publish the key of "${formatDs(ds)}" in the zone and sign with it, or correct the record.`
    : "Check that all servers of the zone can be asked from here.";
  return new DsRecordError(
    isBogus ? "PREFLIGHT_BOGUS" : "PREFLIGHT_UNPROVEN",
    `${recordId(identity)} was not ${participles[change.action]}: ${consequence}. ` +
      `${sentence(isBogus ? reasons : [...reasons, ...warnings])} Nothing was submitted. ${advice} ` +
      "`ALICLOUD_DNSSEC_PREFLIGHT=warn pulumi up` makes the change anyway.",
  );
}
