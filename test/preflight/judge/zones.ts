import type { Ds } from "../../../provider/dnssec/ds";
import type { VerdictStatus } from "../../../provider/preflight/verdict";
import type { VerdictCode } from "../../../provider/preflight/verdictCodes";
import {
  dsOf,
  ecdsaKey,
  ksk,
  octets,
  revokedKsk,
  rrsig,
  zsk,
  type ForgedKey,
  type SignatureOptions,
} from "./forge";

/** What a zone's one server answers, and what its parent has. `signer` signs the data in the zone. */
export interface Published {
  readonly keys: readonly Buffer[];
  readonly signatures: readonly Buffer[];
  readonly ds: readonly Ds[];
  readonly signer: ForgedKey;
}

/**
 * A zone and its verdicts: ours, with the codes of all reasons and of all warnings, and those of BIND (delv 9.18) and
 * unbound (1.17), where they are not ours.
 */
export interface Row {
  readonly title: string;
  /** @param now Milliseconds since the epoch. */
  readonly zone: (name: string, now: number) => Published;
  readonly status: VerdictStatus;
  readonly reasons: readonly VerdictCode[];
  readonly warnings?: readonly VerdictCode[];
  readonly bind?: VerdictStatus;
  readonly unbound?: VerdictStatus;
}

/** Keys that many zones have: a KSK, one that is not published, a ZSK, a revoked KSK. */
export const k = ecdsaKey(ksk);
export const other = ecdsaKey(ksk);
export const z = ecdsaKey(zsk);
export const revoked = ecdsaKey(revokedKsk);

/** A revoked key in the form that it had before. */
export const unrevoked = octets(0x01, 0x01, revoked.rdata.subarray(2));

export interface Making {
  readonly keys?: readonly Buffer[];
  readonly by?: readonly ForgedKey[];
  readonly options?: SignatureOptions;
  readonly ds?: (name: string) => readonly Ds[];
  readonly before?: (name: string, keys: readonly Buffer[], now: number) => readonly Buffer[];
}

/** Unless told otherwise: a KSK that signs, a ZSK, and a SHA-256 DS for the first that signs. */
export function zone({ keys = [k.rdata, z.rdata], by = [k], options, ds, before }: Making = {}): Row["zone"] {
  return (name, now) => ({
    keys,
    signatures: [
      ...(before?.(name, keys, now) ?? []),
      ...by.map((key) => rrsig(name, keys, key, now, options)),
    ],
    ds: ds?.(name) ?? by.slice(0, 1).map((key) => dsOf(name, key.rdata)),
    signer: z,
  });
}

/** A zone of this key and a ZSK. */
export const of = (key: ForgedKey, options?: SignatureOptions): Row["zone"] =>
  zone({ keys: [key.rdata, z.rdata], by: [key], ...(options && { options }) });

/** A healthy zone with one more key. */
export const beside = (...keys: readonly Buffer[]): Row["zone"] =>
  zone({ keys: [k.rdata, z.rdata, ...keys] });

/** A healthy zone whose answer has other signatures first. */
export const after = (before: NonNullable<Making["before"]>): Row["zone"] => zone({ before });

export const secure = (title: string, making: Row["zone"], ...warnings: VerdictCode[]): Row => ({
  title,
  zone: making,
  status: "secure",
  reasons: ["CHAIN_COMPLETE"],
  warnings,
});

export const bogus = (title: string, making: Row["zone"], ...reasons: VerdictCode[]): Row => ({
  title,
  zone: making,
  status: "bogus",
  reasons,
});

export const onlyForUnbound = { bind: "secure" } as const;
export const onlyForBind = { unbound: "secure" } as const;

export const day = 86_400;
