import { createHmac } from "node:crypto";

/** Decoded parameters of a call. */
export type Params = ReadonlyMap<string, string>;

/** Parameters that identify the sender. Their values stay out of the journal. */
export const credentialParams = ["AccessKeyId", "SecurityToken", "Signature", "SignatureNonce"] as const;

/**
 * Returns the text that signature version 1 signs: the method, the path and every parameter but the
 * signature, sorted by name.
 */
export function stringToSign(method: string, params: Params): string {
  const query = [...params]
    .filter(([name]) => name !== "Signature")
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join("&");
  return `${method}&${percentEncode("/")}&${percentEncode(query)}`;
}

export function signText(text: string, accessKeySecret: string): string {
  return createHmac("sha1", `${accessKeySecret}&`).update(text).digest("base64");
}

/** Escapes everything but letters, digits and `-_.~` (RFC 3986). */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
