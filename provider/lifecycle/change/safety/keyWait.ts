import type { Ds } from "../../../dnssec/ds";
import type { Reason } from "../../../preflight/verdict";
import { hopelessCodes } from "../../../preflight/verdictCodes";

/** Default of the maximum wait for a key, in ms. */
const defaultMs = 120_000;

/**
 * Returns how long a change may wait for its key, in ms.
 *
 * @param configuredMs The wait that was set, at most the remaining time. Without one it is two
 *   minutes, at most half of the remaining time.
 * @param leftMs The remaining time of the operation. The wait is not charged to it.
 */
export function maxKeyWait(configuredMs: number | undefined, leftMs: number): number {
  const left = Math.max(0, leftMs);
  return configuredMs === undefined ? Math.min(defaultMs, left / 2) : Math.min(configuredMs, left);
}

/**
 * Returns whether a bogus verdict can change with time: at each faulty server, a DS may still lead
 * to a key.
 */
export function canBeAwaited(reasons: readonly Reason[]): boolean {
  const isOpen = ({ code }: Reason) => !hopelessCodes.has(code);
  const servers = new Set(reasons.flatMap(({ server }) => server ?? []));
  if (servers.size === 0) return reasons.some(isOpen);
  // A reason without a server applies to several servers.
  return [...servers].every((at) => reasons.some((one) => isOpen(one) && (one.server ?? at) === at));
}

/** What to wait for, by the code of a reason. For other codes, that is the key of a DS record. */
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
