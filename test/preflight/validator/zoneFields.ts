import { dnskey, octets, types, uint16, uint32, wireName } from "./forge";

/** Reads RDATA from the fields of a zone file. */
export function dnskeyOf([flags, protocol, algorithm, ...publicKey]: readonly string[]): Buffer {
  const key = Buffer.from(publicKey.join(""), "base64");
  return dnskey(Number(flags), Number(algorithm), key, Number(protocol));
}

/** Reads RDATA from the fields of a zone file. */
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
    uint16((types as Readonly<Record<string, number>>)[type] ?? 0),
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

/** Reads a date such as 20261125120000, or seconds. */
export function secondsOf(date: string): number {
  if (date.length !== 14) return Number(date);
  const [, year = "", rest = ""] = /^(....)(.*)$/.exec(date) ?? [];
  const [month = 0, ...others] = (rest.match(/../g) ?? []).map(Number);
  return Date.UTC(Number(year), month - 1, ...(others as [number, number, number, number])) / 1000;
}
