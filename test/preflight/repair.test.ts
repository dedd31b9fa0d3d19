import { repairFor } from "../../provider/preflight/repair";
import { verdictCodes } from "../../provider/preflight/verdictCodes";

const signAgain = "Sign the zone again. Its DS records are right.";
const correct = "Correct the DS records: the key is published, and they do not match it.";
const anyOther = "Sign its zone with a key that one of its DS records names, or correct the records.";

test.each<[string, string]>([
  ["SIGNATURE_EXPIRED", signAgain],
  ["SIGNATURE_INVALID", signAgain],
  ["DIGEST_MISMATCH", correct],
  ["ALGORITHM_MISMATCH", correct],
  ["ZONE_UNSIGNED", "Sign the zone, or delete its DS records."],
  ["ZONE_NONEXISTENT", "Restore the zone on its servers, or delete its DS records."],
  ["KEYS_WITHHELD", "Make the servers of its zone answer for DNSKEY."],
  ["KEY_NOT_PUBLISHED", anyOther],
  ["a code of a later version", anyOther],
])("%s", (code, repair) => {
  expect(repairFor([{ code, message: "" }])).toBe(repair);
});

test("data that is not signed as it should be never asks for another DS record", () => {
  const codes = Object.keys(verdictCodes).filter((code) => code.startsWith("DATA_"));
  expect(codes.length).toBeGreaterThan(6);
  for (const code of codes) expect(repairFor([{ code, message: "" }])).toMatch(/DS records are right\.$/);
});

test("there is advice even without a reason", () => {
  expect(repairFor([])).toBe(anyOther);
});
