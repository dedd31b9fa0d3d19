import { dnskey, octets, uint16, uint32, wireName } from "./forge";

/** From the fields that zone files have. */
export function dnskeyOf([flags, protocol, algorithm, ...publicKey]: readonly string[]): Buffer {
  const key = Buffer.from(publicKey.join(""), "base64");
  return dnskey(Number(flags), Number(algorithm), key, Number(protocol));
}

const typeNumbers: Readonly<Record<string, number>> = { A: 1, SOA: 6, MX: 15, DNSKEY: 48 };

/** Likewise. */
export function rrsigOf(fields: readonly string[]): Buffer {
  const [
    type = "",
    algorithm,
    labels,
    ttl,
    expiration = "",
    inception = "",
    keyTag,
    signer = "",
    ...signature
  ] = fields;
  return octets(
    uint16(typeNumbers[type] ?? 0),
    Number(algorithm),
    Number(labels),
    uint32(Number(ttl)),
    uint32(secondsOf(expiration)),
    uint32(secondsOf(inception)),
    uint16(Number(keyTag)),
    wireName(signer),
    Buffer.from(signature.join(""), "base64"),
  );
}

/** 20261125120000, or the seconds themselves. */
export function secondsOf(date: string): number {
  if (date.length !== 14) return Number(date);
  const [, year = "", rest = ""] = /^(....)(.*)$/.exec(date) ?? [];
  const [month = 0, ...others] = (rest.match(/../g) ?? []).map(Number);
  return Date.UTC(Number(year), month - 1, ...(others as [number, number, number, number])) / 1000;
}
