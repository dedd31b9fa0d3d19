import type { DsAnswer } from "../dns/answers";
import { sameDs, type Ds } from "../dnssec/ds";
import { shortened } from "../wording/listed";
import { repairFor } from "./repair";
import type { PreflightMode } from "./settings";
import type { Reason, Verdict, VerdictStatus } from "./verdict";
import { unheardCodes } from "./verdictCodes";

/** The modes that judge. `off` asks no server. */
export type JudgingMode = Exclude<PreflightMode, "off">;

/** Treatment of a change: make it, make it and state the result, make it and warn, or refuse it. */
export type Treatment = "accept" | "tell" | "warn" | "refuse";

export type Severity = "warning" | "info";

interface Policy {
  /** Treatment of a change that leads to a DS set with this verdict. */
  readonly changes: Readonly<Record<JudgingMode, Treatment>>;
  /** Severity of the verdict if no change is made. Undefined if there is nothing to report. */
  readonly severity?: Severity;
  /** Words after "example.com is". */
  readonly words: string;
}

/** The policy of the preflight, by the verdict. `pulumi preview` and `pulumi up` both follow it. */
const policies: Readonly<Record<VerdictStatus, Policy>> = {
  secure: {
    changes: { enforce: "accept", strict: "accept", warn: "accept" },
    words: "secure",
  },
  insecure: {
    changes: { enforce: "tell", strict: "tell", warn: "tell" },
    severity: "warning",
    words: "insecure (validating resolvers treat it as unsigned)",
  },
  bogus: {
    changes: { enforce: "refuse", strict: "refuse", warn: "warn" },
    severity: "warning",
    words: "bogus (validating resolvers give no answer for it)",
  },
  unknown: {
    changes: { enforce: "warn", strict: "refuse", warn: "warn" },
    // Without a network, the domain itself may be fine.
    severity: "info",
    words: "not known to be safe",
  },
};

/**
 * Returns how an addition or a modification is treated.
 *
 * @param after The verdict on the DS set that the change leads to.
 */
export function treatmentOf({ status, warnings }: Verdict, mode: JudgingMode): Treatment {
  const isUnproven = status === "secure" && warnings.some(({ code }) => unheardCodes.has(code));
  return mode === "strict" && isUnproven ? "refuse" : policies[status].changes[mode];
}

/**
 * Returns how a deletion is treated. Deletions repair outages: where no server validates by any
 * record of the set, a deletion cannot make anything worse and is never refused.
 *
 * @param after The verdict on the DS set that is left.
 * @param before Returns the verdict on the set before the deletion.
 */
export function treatmentOfDeletion(after: Verdict, before: () => Verdict, mode: JudgingMode): Treatment {
  const treatment = treatmentOf(after, mode);
  return treatment === "refuse" && isBrokenEverywhere(before())
    ? policies[after.status].changes.warn
    : treatment;
}

/** Returns whether no server of the zone validates, so that a change cannot make it worse. */
export function isBrokenEverywhere({ status, warnings }: Verdict): boolean {
  return status === "bogus" && !warnings.some(({ code }) => code === "SOME_SERVERS_VALIDATE");
}

/** Returns the findings of a verdict as one text without a full stop. It names at most eight. */
export function findingsOf(reasons: readonly Reason[]): string {
  return shortened(reasons.map(({ message }) => message.replace(/\.$/, ""))).join("; ");
}

/**
 * Returns a sentence on a verdict.
 *
 * @param subject Its beginning, such as "With this change, example.com is".
 * @param reasons Findings to name in it; the verdict's reasons by default.
 */
export function stateVerdict(
  subject: string,
  verdict: Verdict,
  reasons: readonly Reason[] = verdict.reasons,
): string {
  const findings = findingsOf(reasons);
  return `${subject} ${policies[verdict.status].words}${findings === "" ? "" : `: ${findings}`}.`;
}

/** A message on a record's row. */
export interface Message {
  readonly severity: Severity;
  readonly text: string;
}

/**
 * Returns the severity of a verdict that no change leads to yet.
 *
 * @param mode The mode of a change that is still to come. A warning announces its refusal.
 * @returns Undefined where there is nothing to say.
 */
export function severityOf(verdict: Verdict, mode?: JudgingMode): Severity | undefined {
  const isRefused = mode !== undefined && treatmentOf(verdict, mode) === "refuse";
  return isRefused ? "warning" : policies[verdict.status].severity;
}

/**
 * Returns the message about a domain that nothing changes: in a refresh, and in a run that leaves
 * it as it is.
 *
 * @param source A sentence that says which DS set was judged.
 * @returns Undefined for a secure domain.
 */
export function describeDomain(domain: string, verdict: Verdict, source = ""): Message | undefined {
  const severity = severityOf(verdict);
  if (severity === undefined) return undefined;
  const { status, reasons, warnings } = verdict;
  const sentences = [
    stateVerdict(`${domain} is`, verdict, [...reasons, ...warnings]),
    status === "bogus" ? repairFor(reasons) : "",
    source,
  ];
  return { severity, text: sentences.filter((sentence) => sentence !== "").join(" ") };
}

/**
 * Returns whether every server of the parent zone that answers has these records. If it is so for
 * all declared records of a domain, the run leaves the domain as it is, and the program process
 * shows the verdict on it. Otherwise the provider process does.
 *
 * @returns False if no server answers.
 */
export function isPublished(answers: readonly DsAnswer[], records: readonly Ds[]): boolean {
  const sets = answers.flatMap((answer) => {
    if (answer.outcome === "answered") return [answer.ds];
    return answer.outcome === "nonexistent" ? [[]] : [];
  });
  const isIn = (set: readonly Ds[]) => records.every((wanted) => set.some((ds) => sameDs(ds, wanted)));
  return sets.length > 0 && sets.every(isIn);
}
