import type { Ds } from "../../../provider/dnssec/ds";
import type { ApexData, ApexAnswer } from "../../../provider/dns/answers";
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
  uint32,
  wireName,
  type SignatureOptions,
} from "./forge";

/** The answers of a zone's one server, and the DS records of its parent. */
export interface Published {
  readonly keys: readonly Buffer[];
  readonly signatures: readonly Buffer[];
  readonly ds: readonly Ds[];
  /** Makes the signatures over an RRset other than DNSKEY. */
  readonly signData: (owner: string, type: number, rdatas: readonly Buffer[]) => readonly Buffer[];
  /** The zone's SOA records, in canonical form. */
  readonly soa: readonly Buffer[];
  /** The SOA records as the server sends them, in a message with the zone's name at offset 12. */
  readonly servedSoa: readonly Buffer[];
}

/**
 * A zone and its verdicts: ours, with the codes of all reasons and warnings, and those of BIND
 * (delv 9.18) and unbound (1.17) if they differ.
 */
export interface Row {
  readonly title: string;
  /** Validators are asked for the zone's SOA record, not for an address in it. */
  readonly asksSoa?: true;
  /** @param now In ms since the epoch. */
  readonly zone: (name: string, now: number) => Published;
  readonly status: VerdictStatus;
  readonly reasons: readonly VerdictCode[];
  readonly warnings?: readonly VerdictCode[];
  readonly bind?: VerdictStatus;
  readonly unbound?: VerdictStatus;
}

/** Keys for many zones: a KSK, an unpublished key, a ZSK, a revoked KSK. */
export const k = ecdsaKey(ksk);
export const other = ecdsaKey(ksk);
export const z = ecdsaKey(zsk);
export const revoked = ecdsaKey(revokedKsk);

/** Returns a revoked key as it was before. */
export const unrevoked = octets(0x01, 0x01, revoked.rdata.subarray(2));

export interface Making {
  readonly keys?: readonly Buffer[];
  readonly by?: readonly ForgedKey[];
  readonly options?: SignatureOptions;
  readonly ds?: (name: string) => readonly Ds[];
  readonly before?: (name: string, keys: readonly Buffer[], now: number) => readonly Buffer[];
  /** Signatures over the data, in this order. By default one by the ZSK. */
  readonly data?: readonly DataSignature[];
  readonly soa?: readonly Buffer[];
  readonly servedSoa?: readonly Buffer[];
}

const soaType = 6;

export interface DataSignature extends SignatureOptions {
  readonly by?: ForgedKey;
}

/** Returns the RDATA of a SOA record from names in wire form. */
export function soaOf(server: Buffer, contact: Buffer, numbers = [1, 3600, 600, 86_400, 60]): Buffer {
  return octets(server, contact, ...numbers.map(uint32));
}

export const soa = soaOf(wireName("ns.test"), wireName("host.test"));

/** Makes a zone. Defaults are a KSK that signs, a ZSK, and a SHA-256 DS for the first signer. */
export function zone(making: Making = {}): Row["zone"] {
  const { keys = [k.rdata, z.rdata], by = [k], options, ds, before, data = [{ by: z }] } = making;
  const { soa: soas = [soa], servedSoa = soas } = making;
  return (name, now) => ({
    keys,
    signatures: [
      ...(before?.(name, keys, now) ?? []),
      ...by.map((key) => rrsig(name, keys, key, now, options)),
    ],
    ds: ds?.(name) ?? by.slice(0, 1).map((key) => dsOf(name, key.rdata)),
    signData: (owner, type, rdatas) =>
      data.map(({ by: key = z, ...more }) => rrsig(owner, rdatas, key, now, { type, signer: name, ...more })),
    soa: soas,
    servedSoa,
  });
}

/** Returns the answer of a zone's server. */
export function answerOf(server: string, name: string, published: Published): ApexAnswer {
  const { keys, signatures, soa: soas, signData } = published;
  const data = { soa: soas, signatures: signData(name, soaType, soas) };
  return { server, outcome: "answered", keys, signatures, data };
}

/** Returns a zone's SOA record with signatures by these keys. */
export function dataBy(name: string, now: number, ...keys: readonly ForgedKey[]): ApexData {
  const options = { type: soaType, signer: name };
  return { soa: [soa], signatures: keys.map((key) => rrsig(name, [soa], key, now, options)) };
}

/**
 * Makes a zone of this key and a ZSK. A key of another algorithm than the ZSK's signs the data too.
 */
export const of = (key: ForgedKey, options?: SignatureOptions): Row["zone"] =>
  zone({
    keys: [key.rdata, z.rdata],
    by: [key],
    data: [{ by: key.rdata[3] === z.rdata[3] ? z : key }],
    ...(options && { options }),
  });

/** Makes a healthy zone with one more key. */
export const beside = (...keys: readonly Buffer[]): Row["zone"] =>
  zone({ keys: [k.rdata, z.rdata, ...keys] });

/** Makes a healthy zone whose answer begins with other signatures. */
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
