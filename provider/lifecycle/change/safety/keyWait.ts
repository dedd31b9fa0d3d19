import type { Ds } from "../../../dnssec/ds";
import type { Reason } from "../../../preflight/verdict";
import { hopelessCodes } from "../../../preflight/verdictCodes";

/** Maximum wait for a key where none is configured, in ms. */
const defaultMs = 120_000;

/**
 * Returns how long a change may wait for its key, in ms.
 *
 * @param configuredMs The wait that was set, at most the remaining time. Without one it is two minutes, at most half
 *   of the remaining time.
 * @param leftMs The remaining time of the operation. The wait is not charged to it.
 */
export function longestKeyWait(configuredMs: number | undefined, leftMs: number): number {
  const left = Math.max(0, leftMs);
  return configuredMs === undefined ? Math.min(defaultMs, left / 2) : Math.min(configuredMs, left);
}

/** Returns whether time alone can turn a bogus verdict: at every server that is at fault, one DS still can lead to a key. */
export function canBeAwaited(reasons: readonly Reason[]): boolean {
  const isOpen = ({ code }: Reason) => !hopelessCodes.has(code);
  const servers = new Set(reasons.flatMap(({ server }) => server ?? []));
  if (servers.size === 0) return reasons.some(isOpen);
  // A reason without a server holds for several of them.
  return [...servers].every((at) => reasons.some((one) => isOpen(one) && (one.server ?? at) === at));
}

/** By the code of a reason; where none is named, it is the key of a DS record. */
const awaited: Readonly<Record<string, string>> = {
  ZONE_NONEXISTENT: "zone",
  ZONE_UNSIGNED: "signed zone",
  KEYS_WITHHELD: "zone's keys",
  SIGNATURE_EXPIRED: "signature",
  SIGNATURE_NOT_YET_VALID: "signature",
  SIGNATURE_INVALID: "signature",
};

/** Names the thing that a change waits for, in a word or two: "key 2371". */
export function awaitedFor(reasons: readonly Reason[], set: readonly Ds[]): string {
  const code = reasons.find(({ code: one }) => !hopelessCodes.has(one))?.code ?? "";
  if (code.startsWith("DATA_")) return "signed data";
  return awaited[code] ?? `key ${set.at(-1)?.keyTag ?? ""}`.trim();
}
