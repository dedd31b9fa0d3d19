import { createPrivateKey, type ED25519KeyPairOptions, type KeyObject } from "node:crypto";

/** Encodings for a new key, see the rule in eslint.config.mjs. `readKey` reads the private one. */
export const asDer: ED25519KeyPairOptions<"der", "der"> = {
  publicKeyEncoding: { type: "spki", format: "der" },
  privateKeyEncoding: { type: "pkcs8", format: "der" },
};

/** Reads a private key that was made with `asDer`. */
export function readKey(pkcs8: Buffer): KeyObject {
  return createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
}
