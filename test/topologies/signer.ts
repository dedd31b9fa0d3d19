import { sign, type KeyObject } from "node:crypto";
import type { RrsigData } from "dns-packet";
import { dnskeyRdata, type Dnskey } from "../../provider/dnssec/dnskey";
import { rrsig as forgeRrsig, wireName, type ForgedKey } from "../preflight/validator/forge";
import type { ZoneKey } from "./keys";
import type { SignatureRecipe } from "./recipe";

/** The record types of this suite's zones, by number. */
export const typeNumbers = { A: 1, NS: 2, SOA: 6, RRSIG: 46, NSEC: 47, DNSKEY: 48 } as const;

/** An RRset to sign, with RDATA in wire form and lower-case names. */
export interface RrSet {
  readonly owner: string;
  readonly type: keyof typeof typeNumbers;
  readonly ttl: number;
  readonly rdata: readonly Buffer[];
}

const hashes: Readonly<Record<number, string>> = { 5: "sha1", 7: "sha1", 8: "sha256", 10: "sha512" };
const curveHashes: Readonly<Record<number, string>> = { 13: "sha256", 14: "sha384" };
const day = 86_400;

/**
 * Makes an RRSIG by a key of the zone (RFC 4034 sections 3.1.8.1 and 6). `now` is in ms since the
 * epoch.
 */
export function rrsig(
  rrset: RrSet,
  zoneName: string,
  key: ZoneKey,
  now: number,
  recipe: Omit<SignatureRecipe, "by"> = {},
): RrsigData {
  if (!key.privateKey) throw new Error(`key ${key.tag} has no private key`);
  const seconds = Math.floor(now / 1000);
  const fields = {
    typeCovered: rrset.type,
    algorithm: recipe.algorithm ?? key.dnskey.algorithm,
    labels: recipe.labels ?? labelsOf(rrset.owner).length,
    originalTTL: recipe.originalTtl ?? rrset.ttl,
    expiration: (seconds + (recipe.until ?? 30 * day)) % 2 ** 32,
    inception: (seconds + (recipe.from ?? -day)) % 2 ** 32,
    keyTag: (key.tag + (recipe.keyTagOff ?? 0)) & 0xffff,
    signersName: recipe.signer ?? zoneName,
  };
  const rdata = forgeRrsig(rrset.owner, rrset.rdata, forgedKey(key.dnskey, key.privateKey), now, {
    type: typeNumbers[rrset.type],
    algorithm: fields.algorithm,
    labels: fields.labels,
    signedOwner: signedOwner(rrset.owner, fields.labels),
    originalTtl: fields.originalTTL,
    inception: fields.inception - seconds,
    expiration: fields.expiration - seconds,
    keyTag: fields.keyTag,
    signer: fields.signersName,
  });
  const signature = rdata.subarray(fixedOctets + wireName(fields.signersName).length);
  if (recipe.broken) signature.writeUInt8((signature.at(20) ?? 0) ^ 1, 20);
  return { ...fields, signature };
}

/** Returns the line of an RRSIG in a zone file. */
export function rrsigLine({ owner, ttl }: Pick<RrSet, "owner" | "ttl">, data: RrsigData): string {
  const { typeCovered, algorithm, labels, originalTTL, expiration, inception, keyTag, signersName } = data;
  const fields = [
    typeCovered,
    algorithm,
    labels,
    originalTTL,
    expiration,
    inception,
    keyTag,
    `${signersName}.`,
  ];
  return `${owner}. ${ttl} IN RRSIG ${fields.join(" ")} ${data.signature.toString("base64")}`;
}

/** Octets of an RRSIG before the signer's name. */
const fixedOctets = 18;

function forgedKey(dnskey: Dnskey, privateKey: KeyObject): ForgedKey {
  return {
    rdata: Buffer.from(dnskeyRdata(dnskey)),
    sign: (data) => signatureOf(data, dnskey.algorithm, privateKey),
  };
}

/** Returns the owner that is signed: that of a wildcard, where the signature has fewer labels. */
function signedOwner(owner: string, labels: number): string {
  const kept = labelsOf(owner);
  return labels < kept.length ? ["*", ...kept.slice(kept.length - labels)].join(".") : owner;
}

function signatureOf(data: Buffer, algorithm: number, key: KeyObject): Buffer {
  const curveHash = curveHashes[algorithm];
  if (curveHash !== undefined) return sign(curveHash, data, { key, dsaEncoding: "ieee-p1363" });
  return sign(hashes[algorithm] ?? null, data, key);
}

function labelsOf(name: string): string[] {
  return name.split(".");
}
