import type { Credentials } from "../../provider/alicloud/settings";

/** Credentials that resemble no other text, so that a search finds them at any place. */
export const canary = {
  accessKeyId: "LTAI5tCanary+Access/Key=Id0WXYZ",
  accessKeySecret: "cAnArY/secret+of=the(key)&nobody'sElse%42",
  securityToken: "CAES+canary/token==of%the'service+that&expires",
} as const satisfies Credentials;

export type Secret = keyof typeof canary;

/**
 * Number of characters of a secret that count as a leak. The last four of the access key id are
 * shown on purpose.
 */
const telling = 14;

interface Form {
  readonly name: string;
  readonly write: (secret: string) => readonly string[];
}

/** The forms of a text that are easy to read. */
export const forms: readonly Form[] = [
  { name: "plain", write: (secret) => [secret] },
  { name: "in JSON", write: (secret) => [JSON.stringify(secret).slice(1, -1)] },
  { name: "as Go writes it in JSON", write: (secret) => [secret.replaceAll("&", "\\u0026")] },
  { name: "URL-encoded", write: (secret) => [encoded(secret), encodeURIComponent(secret)] },
  {
    name: "URL-encoded twice",
    write: (secret) => [encoded(encoded(secret)), encodeURIComponent(encoded(secret))],
  },
  { name: "in base64", write: base64 },
  { name: "in base64url", write: (secret) => base64(secret).map(urlSafe) },
  { name: "in base64, URL-encoded", write: (secret) => base64(secret).map(encoded) },
  { name: "in hexadecimal", write: (secret) => [Buffer.from(secret).toString("hex")] },
];

/** Encodes as pop-core does. */
function encoded(text: string): string {
  const escape = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, escape);
}

/**
 * Returns the base64 of a text inside longer text, without the ends: one for each of the three
 * offsets.
 */
function base64(secret: string): string[] {
  const octets = Buffer.from(secret);
  return [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), octets]).toString("base64");
    const [first, end] = [Math.ceil((8 * offset) / 6), Math.floor((8 * (offset + octets.length)) / 6)];
    return text.slice(first, end);
  });
}

function urlSafe(text: string): string {
  return text.replaceAll("+", "-").replaceAll("/", "_");
}

/** Returns beginning and end, since a part of a secret is a leak too. */
function parts(name: Secret, secret: string): string[] {
  const end = secret.slice(-telling);
  return [secret.slice(0, telling), ...(name === "accessKeyId" ? [] : [end])];
}

interface Pattern {
  readonly finding: string;
  readonly text: string;
}

/**
 * Returns patterns in lower case, since escapes have either case. The texts are searched in lower
 * case.
 */
function patternsOf(credentials: Credentials): Pattern[] {
  return (Object.entries(credentials) as [Secret, string][]).flatMap(([name, secret]) =>
    forms.flatMap((form) =>
      parts(name, secret)
        .flatMap(form.write)
        .map((text) => ({ finding: `${name} ${form.name}`, text: text.toLowerCase() })),
    ),
  );
}

/** Returns the findings in a text, such as "securityToken in base64". */
export type Search = (text: string) => string[];

/** Returns a search for credentials that resemble no other text, and that are long enough. */
export function searchFor(...canaries: readonly Credentials[]): Search {
  const short = canaries
    .flatMap((one) => Object.values(one) as string[])
    .filter(({ length }) => length < telling);
  if (short.length > 0) throw new RangeError(`too short to be told from other text: ${short.join(", ")}`);
  const patterns = canaries.flatMap(patternsOf);
  return (text) => {
    const lower = text.toLowerCase();
    const found = patterns.filter((pattern) => lower.includes(pattern.text)).map(({ finding }) => finding);
    return [...new Set(found)];
  };
}

/** The search for the {@link canary}. */
export const findings = searchFor(canary);
