import { formatDs } from "../../../dnssec/ds";
import type { DsRecordError } from "../../../errors";
import { stateVerdict, treatmentOf, type JudgingMode } from "../../../preflight/policy";
import type { Verdict } from "../../../preflight/verdict";
import { recordId } from "../request/identity";
import type { Judge } from "../../ports";
import { refusalError, refusalParts, rulingOn, type Intent, type Ruling } from "./safetyRuling";
import type { Replacement } from "./replacements";

/**
 * Rules on a change by the set that it leads to and, if it begins a replacement, by the set that
 * the replacement ends with. The first set alone is not enough: a wrong record would pass as
 * long as the old record is there too.
 */
export function rulingOnChange(
  intent: Intent,
  replacement: Replacement | undefined,
  mode: JudgingMode,
  judge: Judge,
): Ruling {
  const ruling = rulingOn(intent, mode, judge);
  if (ruling.kind === "refuse" || replacement === undefined) return ruling;
  const verdict = judge(replacement.end);
  switch (treatmentOf(verdict, mode)) {
    case "accept":
      return ruling;
    case "tell":
    case "warn":
      return { ...ruling, worries: [...new Set([...ruling.worries, outlook(replacement, verdict)])] };
    case "refuse":
      return {
        ...refusalParts(verdict, [replacement.ds]),
        error: refusalOf(intent, replacement, verdict, judge),
      };
  }
}

/** Returns the warnings about a record that is already at the registrar and replaces another. */
export function remarksOnEnd(replacement: Replacement | undefined, judge: Judge): string[] {
  const verdict = replacement && judge(replacement.end);
  return replacement && verdict && verdict.status !== "secure" ? [outlook(replacement, verdict)] : [];
}

function outlook({ from, to }: Replacement, verdict: Verdict): string {
  return stateVerdict(`When ${recordId(to)} has replaced ${recordId(from)}, ${from.domain} will be`, verdict);
}

function refusalOf(
  intent: Intent,
  { from, to, ds }: Replacement,
  after: Verdict,
  judge: Judge,
): DsRecordError {
  const { domain } = intent.identity;
  const when = `when ${recordId(to)} has replaced ${recordId(from)}`;
  return refusalError({
    intent,
    after,
    was: judge(intent.before),
    outage: `${when}, validating resolvers would give no answer for ${domain}`,
    unproven: `${domain} validates ${when}`,
    advice: `Publish the key of "${formatDs(ds)}" in the zone and sign with it, or correct the record.`,
    commands: ["up"],
  });
}
