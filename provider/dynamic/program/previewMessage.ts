import { formatDs, type Ds } from "../../dnssec/ds";
import { shortened } from "../../wording/listed";
import {
  describeDomain,
  severityOf,
  stateVerdict,
  treatmentOf,
  type JudgingMode,
  type Message,
} from "../../preflight/policy";
import type { HeldUp, PreviewedVerdict } from "../../preflight/previewVerdicts";
import { repairFor } from "../../preflight/repair";
import type { Verdict } from "../../preflight/verdict";

/** A record of a preview, and the verdict on its domain. */
export interface JudgedRecord {
  readonly domainName: string;
  readonly ds: Ds;
  readonly verdict: PreviewedVerdict;
  readonly mode: JudgingMode;
  /**
   * Whether the preview does not know all records of the program. The unknown ones may keep the
   * domain valid.
   */
  readonly areSomeUnknown: boolean;
}

/** Returns the class of a record in the summary of a preview. */
export function classOf({ status, heldUp }: PreviewedVerdict): string {
  return heldUp ? "valid only through undeclared records" : status;
}

/**
 * Returns the message on a record's row in a preview; undefined if the program's records make the
 * domain secure.
 */
export function previewMessage(record: JudgedRecord): Message | undefined {
  const { verdict, mode } = record;
  const severity = verdict.heldUp ? "warning" : severityOf(verdict, mode);
  if (severity === undefined) return undefined;
  const findings = verdict.heldUp ? heldUpFindings(record, verdict.heldUp) : findingsIn(record);
  return { severity, text: [...findings, scope(record)].join(" ") };
}

function findingsIn({ domainName, ds, verdict, mode }: JudgedRecord): string[] {
  const { status, reasons, warnings } = verdict;
  // If no server answers, the reasons already name the servers.
  const told = status === "unknown" ? reasons : [...reasons, ...warnings];
  return [
    stateVerdict(`With DS ${withShortDigest(ds)}, ${domainName} is`, verdict, told),
    ...repairIf(verdict),
    ...refusalIf(treatmentOf(verdict, mode) === "refuse", mode, "add or change this record"),
  ];
}

function heldUpFindings(
  { domainName, ds, verdict, mode }: JudgedRecord,
  { by, declaredAlone }: HeldUp,
): string[] {
  const records = shortened(by.map((keyTag) => `${domainName}/${keyTag}`)).join(", ");
  const kept = by.length === 1 ? records : `the last of ${records}`;
  const told = [...declaredAlone.reasons, ...declaredAlone.warnings];
  return [
    `With DS ${withShortDigest(ds)}, ${domainName} validates only because of ${records}, which this program does not declare.`,
    stateVerdict(`With this program's records alone, ${domainName} is`, declaredAlone, told),
    ...repairIf(declaredAlone),
    ...refusalIf(treatmentOf(verdict, mode) === "refuse", mode, "add or change this record"),
    ...refusalIf(treatmentOf(declaredAlone, mode) === "refuse", mode, `replace or delete ${kept}`),
  ];
}

/** A whole digest would push the finding off the end of the row. */
function withShortDigest({ digest, ...ds }: Ds): string {
  return formatDs({ ...ds, digest: digest.length > 8 ? `${digest.slice(0, 8)}…` : digest });
}

function repairIf({ status, reasons }: Verdict): string[] {
  return status === "bogus" ? [repairFor(reasons)] : [];
}

function refusalIf(isRefused: boolean, mode: JudgingMode, what: string): string[] {
  return isRefused ? [`With preflight "${mode}", \`pulumi up\` does not ${what} until this is fixed.`] : [];
}

function scope({ areSomeUnknown }: JudgedRecord): string {
  const removals = "It does not account for removals";
  return (
    "This verdict combines the DS records now in the parent zone with those in this program. " +
    (areSomeUnknown ? `${removals}, or for records that are not known before \`pulumi up\`.` : `${removals}.`)
  );
}

/**
 * Returns the message on a record's row in a run that leaves its domain as it is; undefined if the
 * domain is secure.
 */
export function unchangedMessage(domainName: string, verdict: Verdict): Message | undefined {
  const source = "This verdict is on the DS records that the parent zone had when this run began.";
  return describeDomain(domainName, verdict, source);
}
