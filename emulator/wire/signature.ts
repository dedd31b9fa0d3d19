import { createHmac } from "node:crypto";

/** A call's parameters, decoded. */
export type Params = ReadonlyMap<string, string>;

/** The parameters of every call that say who sends it and when; their values are kept out of the journal. */
export const credentialParams = ["AccessKeyId", "SecurityToken", "Signature", "SignatureNonce"] as const;

/** What signature version 1 signs: the method, the path and every parameter but the signature, sorted by name. */
export function stringToSign(method: string, params: Params): string {
  const query = [...params]
    .filter(([name]) => name !== "Signature")
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${percentEncoded(name)}=${percentEncoded(value)}`)
    .join("&");
  return `${method}&${percentEncoded("/")}&${percentEncoded(query)}`;
}

export function signature(text: string, accessKeySecret: string): string {
  return createHmac("sha1", `${accessKeySecret}&`).update(text).digest("base64");
}

/** RFC 3986: everything but letters, digits and `-_.~`. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
