import { formatDs, type Ds } from "../../dnssec/ds";
import { shortened } from "../../wording/listed";
import type { PreviewedVerdict } from "../../preflight/previewVerdicts";
import type { PreflightMode } from "../../preflight/settings";
import type { Verdict, VerdictStatus } from "../../preflight/verdict";
import { repairFor } from "../../preflight/repair";
import { unheardCodes } from "../../preflight/verdictCodes";

/** A record of a preview, and the verdict on its domain. */
export interface JudgedRecord {
  readonly domainName: string;
  readonly ds: Ds;
  readonly verdict: PreviewedVerdict;
  readonly mode: PreflightMode;
  /** Whether the program has records of which the preview does not know all inputs: they may hold the domain up. */
  readonly areSomeUnknown: boolean;
}

export interface Diagnostic {
  readonly severity: "warning" | "info";
  readonly text: string;
}

const meanings: Readonly<Record<VerdictStatus, string>> = {
  secure: "secure",
  insecure: "insecure, validating resolvers would take the domain for unsigned",
  bogus: "bogus, validating resolvers would give no answer for the domain",
  unknown: "it is not known whether the domain validates with it",
};

/** What the summary of a preview counts a record as. */
export function classOf({ status, heldUpBy }: PreviewedVerdict): string {
  return heldUpBy.length > 0 ? "valid only through undeclared records" : status;
}

/** What a preview says on the row of a record; nothing of one that is secure by what the program declares. */
export function diagnosticOf(record: JudgedRecord): Diagnostic | undefined {
  const { domainName, ds, verdict } = record;
  const { status, heldUpBy } = verdict;
  const isUnheard = verdict.warnings.some(({ code }) => unheardCodes.has(code));
  const isUnproven = record.mode === "strict" && status === "secure" && isUnheard;
  if (status === "secure" && heldUpBy.length === 0 && !isUnproven) return undefined;
  const subject = `${domainName}/${ds.keyTag} (${withShortDigest(ds)})`;
  const sentences = [
    `${subject}: ${meaningOf(record)}${findingsOf(record)}.`,
    consequence(record, isUnproven),
    scope(record),
  ];
  return {
    // Nobody can help it when there is no network: that is no warning.
    severity: status === "unknown" && record.mode !== "strict" ? "info" : "warning",
    text: sentences.filter((sentence) => sentence !== "").join(" "),
  };
}

/** A whole digest would push the fact off the row. */
function withShortDigest({ digest, ...ds }: Ds): string {
  return formatDs({ ...ds, digest: digest.length > 8 ? `${digest.slice(0, 8)}…` : digest });
}

function meaningOf({ domainName, verdict: { status, heldUpBy } }: JudgedRecord): string {
  if (heldUpBy.length === 0) return meanings[status];
  return `the domain validates only because of ${recordsOf(domainName, heldUpBy)}, which this program does not declare, and by none of its own records`;
}

function recordsOf(domainName: string, keyTags: readonly number[]): string {
  return shortened(keyTags.map((keyTag) => `${domainName}/${keyTag}`)).join(", ");
}

function findingsOf({ verdict: { declaredAlone, ...overlaid } }: JudgedRecord): string {
  const { status, reasons, warnings } = declaredAlone ?? overlaid;
  const told = [...reasons, ...(status === "unknown" ? [] : warnings)];
  return told.length === 0 ? "" : `: ${shortened(told.map(({ message }) => message)).join("; ")}`;
}

function consequence(record: JudgedRecord, isUnproven: boolean): string {
  const { domainName, mode, verdict } = record;
  const { status, heldUpBy, declaredAlone } = verdict;
  if (declaredAlone?.status === "bogus" && mode !== "warn") {
    const records = recordsOf(domainName, heldUpBy);
    const kept = heldUpBy.length === 1 ? records : `the last of ${records}`;
    return `With preflight "${mode}", \`pulumi up\` does not replace or delete ${kept} while that is so.`;
  }
  const isRefused =
    isUnproven || (mode === "strict" && status === "unknown") || (mode !== "warn" && status === "bogus");
  if (!isRefused) return "";
  return `With preflight "${mode}", \`pulumi up\` does not add or change this record while that is so.`;
}

function scope({ areSomeUnknown }: JudgedRecord): string {
  const removals = "It does not account for removals";
  return (
    "This verdict combines the DS records now in the parent zone with those in this program. " +
    (areSomeUnknown ? `${removals}, or for records that are not known before \`pulumi up\`.` : `${removals}.`)
  );
}

const standings: Readonly<Record<Exclude<VerdictStatus, "secure">, string>> = {
  insecure: "is insecure (validating resolvers take it for unsigned)",
  bogus: "is bogus (validating resolvers give no answer for it)",
  unknown: "is not known to be safe",
};

/** What `pulumi up` says on the row of a record that it leaves as it is; nothing of a domain that is secure. */
export function standingDiagnosticOf(
  domainName: string,
  { status, reasons, warnings }: Verdict,
): Diagnostic | undefined {
  if (status === "secure") return undefined;
  const findings = shortened([...reasons, ...warnings].map(({ message }) => message)).join("; ");
  const sentences = [
    `${domainName} ${standings[status]}: ${findings}.`,
    ...(status === "bogus" ? [repairFor(reasons)] : []),
    "This verdict is on the DS records that the parent zone had when this run began.",
  ];
  return { severity: status === "unknown" ? "info" : "warning", text: sentences.join(" ") };
}
