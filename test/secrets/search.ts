import type { Credentials } from "../../provider/alicloud/settings";

/** Credentials that are found again wherever they get to, since nothing else looks like them. */
export const canary = {
  accessKeyId: "LTAI5tCanary+Access/Key=Id0WXYZ",
  accessKeySecret: "cAnArY/secret+of=the(key)&nobody'sElse%42",
  securityToken: "CAES+canary/token==of%the'service+that&expires",
} as const satisfies Credentials;

export type Secret = keyof typeof canary;

/**
 * So much of a secret counts as the secret. Of the access key id, the last four characters are
 * shown on purpose.
 */
const telling = 14;

interface Form {
  readonly name: string;
  readonly write: (secret: string) => readonly string[];
}

/** The ways in which a text can be written so that everybody can read it. */
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

/** As pop-core encodes. */
function encoded(text: string): string {
  const escape = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, escape);
}

/**
 * What is always the same of a text in base64, wherever in a longer text it stands: at each of the
 * three offsets.
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

/** Beginning and end are enough: what is cut is a leak all the same. */
function parts(name: Secret, secret: string): string[] {
  const end = secret.slice(-telling);
  return [secret.slice(0, telling), ...(name === "accessKeyId" ? [] : [end])];
}

interface Pattern {
  readonly finding: string;
  readonly text: string;
}

/** In lower case, like what they are looked for in: escapes are written in either case. */
function patternsOf(credentials: Credentials): Pattern[] {
  return (Object.entries(credentials) as [Secret, string][]).flatMap(([name, secret]) =>
    forms.flatMap((form) =>
      parts(name, secret)
        .flatMap(form.write)
        .map((text) => ({ finding: `${name} ${form.name}`, text: text.toLowerCase() })),
    ),
  );
}

/** What is found in a text, such as "securityToken in base64"; nothing in a text that is clean. */
export type Search = (text: string) => string[];

/**
 * A search for credentials that nothing else looks like, each of them longer than its part that
 * counts as all of it.
 */
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
