import { createPublicKey, generateKeyPair, generateKeyPairSync, type KeyObject } from "node:crypto";
import { dnskeyRdata, keyTag, type Dnskey } from "../../provider/dnssec/dnskey";
import { asDer, readKey } from "../harness/derKeys";
import type { KeyRecipe } from "./recipe";

/** A DNSKEY record, and its private key, if there is one. */
export interface ZoneKey {
  readonly dnskey: Dnskey;
  readonly tag: number;
  readonly published: boolean;
  readonly privateKey?: KeyObject;
}

const curves: Readonly<Record<number, string>> = { 13: "P-256", 14: "P-384" };
const edwards: Readonly<Record<number, "ed25519" | "ed448">> = { 15: "ed25519", 16: "ed448" };

/** Makes each key once. Keys of one role, algorithm and size are the same. */
export class KeyRing {
  readonly #made = new Map<string, Promise<KeyObject>>();
  #colliding: readonly KeyObject[] | undefined;

  async key(role: string, recipe: KeyRecipe): Promise<ZoneKey> {
    const { algorithm = 13, flags = 257, protocol = 3, strayOctets } = recipe;
    const privateKey = strayOctets === undefined ? await this.#privateKey(role, recipe) : undefined;
    const publicKey = privateKey ? publicOctets(privateKey) : strayRsaKey(strayOctets ?? 0);
    const dnskey = { flags, protocol, algorithm, publicKey: publicKey.toString("base64") };
    const published = recipe.unpublished !== true;
    return { dnskey, tag: keyTag(dnskey), published, ...(privateKey && { privateKey }) };
  }

  async #privateKey(
    role: string,
    { algorithm = 13, bits = 1024, exponent = 65537, collision }: KeyRecipe,
  ): Promise<KeyObject> {
    if (collision !== undefined) {
      const key = (this.#colliding ??= collidingKeys(3))[collision];
      if (key) return key;
    }
    const name = [role, algorithm, ...(algorithm <= 10 ? [bits, exponent] : [])].join("/");
    const made = this.#made.get(name) ?? generated(algorithm, bits, exponent);
    this.#made.set(name, made);
    return made;
  }
}

function generated(algorithm: number, bits: number, exponent: number): Promise<KeyObject> {
  const curve = curves[algorithm];
  const edward = edwards[algorithm];
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, _: Buffer, privateKey: Buffer) => {
      if (error) reject(error);
      else resolve(readKey(privateKey));
    };
    if (curve !== undefined) generateKeyPair("ec", { namedCurve: curve, ...asDer }, done);
    else if (edward === "ed25519") generateKeyPair(edward, asDer, done);
    else if (edward === "ed448") generateKeyPair(edward, asDer, done);
    else generateKeyPair("rsa", { modulusLength: bits, publicExponent: exponent, ...asDer }, done);
  });
}

/**
 * Makes keys of algorithm 13 with one key tag under flags 257. Of some three thousand, three agree.
 */
function collidingKeys(count: number): readonly KeyObject[] {
  const byTag = new Map<number, KeyObject[]>();
  for (;;) {
    const privateKey = readKey(generateKeyPairSync("ec", { namedCurve: "P-256", ...asDer }).privateKey);
    const publicKey = publicOctets(privateKey).toString("base64");
    const tag = keyTag({ flags: 257, protocol: 3, algorithm: 13, publicKey });
    const sharing = [...(byTag.get(tag) ?? []), privateKey];
    if (sharing.length === count) return sharing;
    byTag.set(tag, sharing);
  }
}

/**
 * Returns the public key of a DNSKEY (RFC 3110 section 2, RFC 6605 section 4, RFC 8080 section 3).
 */
function publicOctets(privateKey: KeyObject): Buffer {
  const { kty, n, e, x, y } = createPublicKey(privateKey).export({ format: "jwk" });
  if (kty !== "RSA") return Buffer.concat([octets(x), y === undefined ? Buffer.alloc(0) : octets(y)]);
  return Buffer.concat([Buffer.of(octets(e).length), octets(e), octets(n)]);
}

function strayRsaKey(length: number): Buffer {
  return Buffer.concat([Buffer.of(3, 1, 0, 1), Buffer.alloc(length, 0xa5)]);
}

function octets(base64url: string | undefined): Buffer {
  return Buffer.from(base64url ?? "", "base64url");
}

/** Returns the name of a key's files in BIND, without suffix. */
export function bindName(zone: string, { dnskey, tag }: ZoneKey): string {
  return `K${zone}.+${String(dnskey.algorithm).padStart(3, "0")}+${String(tag).padStart(5, "0")}`;
}

/** Returns the text of the key's `.private` file for BIND's tools. */
export function bindPrivateKey({ dnskey, privateKey }: ZoneKey): string {
  if (!privateKey) throw new Error("there is no private key");
  const jwk = privateKey.export({ format: "jwk" });
  const fields =
    jwk.kty === "RSA"
      ? {
          Modulus: jwk.n,
          PublicExponent: jwk.e,
          PrivateExponent: jwk.d,
          Prime1: jwk.p,
          Prime2: jwk.q,
          Exponent1: jwk.dp,
          Exponent2: jwk.dq,
          Coefficient: jwk.qi,
        }
      : { PrivateKey: jwk.d };
  const lines = Object.entries(fields).map(
    ([name, value]) => `${name}: ${octets(value).toString("base64")}\n`,
  );
  return `Private-key-format: v1.3\nAlgorithm: ${dnskey.algorithm}\n${lines.join("")}`;
}

export function rdataOf({ dnskey }: ZoneKey): Buffer {
  return dnskeyRdata(dnskey);
}
