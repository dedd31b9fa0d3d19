import type { Reason } from "./verdict";
import type { VerdictCode } from "./verdictCodes";

const signAgain = "Sign the zone again. Its DS records are right.";
const signWhole =
  "Sign the whole zone, at every server, with keys of its DNSKEY RRset. Its DS records are right.";
const correct = "Correct the DS records: the key is published, and they do not match it.";

/** Repairs for a bogus domain, by the code of its first reason. */
const repairs: Readonly<Partial<Record<VerdictCode, string>>> = {
  ALGORITHM_MISMATCH: correct,
  DIGEST_MISMATCH: correct,
  KEYS_WITHHELD: "Make the servers of its zone answer for DNSKEY.",
  SIGNATURE_EXPIRED: signAgain,
  SIGNATURE_INVALID: signAgain,
  ZONE_NONEXISTENT: "Restore the zone on its servers, or delete its DS records.",
  ZONE_UNSIGNED: "Sign the zone, or delete its DS records.",
};

/** Returns how to repair a bogus domain, in sentences. */
export function repairFor([first]: readonly Reason[]): string {
  const code = first?.code ?? "";
  if (code.startsWith("DATA_")) return signWhole;
  return (
    repairs[code as VerdictCode] ??
    "Sign its zone with a key that one of its DS records names, or correct the records."
  );
}
