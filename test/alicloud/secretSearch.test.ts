import fc from "fast-check";
import { maxSteps, maxText, SecretSearch } from "../../provider/alicloud/secretSearch";

/** `SEARCH_SEED=…` repeats a run. */
const seed = Number(process.env["SEARCH_SEED"] ?? Date.now() % 2 ** 31);

afterAll(() => {
  process.stdout.write(`secret search: seed ${seed}\n`);
});

function searchFor(...secrets: readonly string[]): SecretSearch {
  const search = new SecretSearch();
  for (const secret of secrets) search.add(secret);
  return search;
}

const hex = (octet: number) => octet.toString(16).padStart(2, "0");

/** Spellings of one character. The number varies them. */
const spellings: readonly ((character: string, level: number) => string)[] = [
  (character) => character,
  (character) => (/^[a-z]$/.test(character) ? character.toUpperCase() : character),
  (character, level) => "\\".repeat(level) + character,
  (character, level) => "%5C".repeat(level) + character,
  (character, level) =>
    Array.from(Buffer.from(character), (octet) => `%${"25".repeat(level)}${hex(octet)}`).join(""),
  (character) => Array.from(Buffer.from(character), (octet) => `%${hex(octet).toUpperCase()}`).join(""),
  (character, level) =>
    Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
      .map((unit) => `${"\\".repeat(level + 1)}u${unit.toString(16).padStart(4, "0")}`)
      .join(""),
];

const forms: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => Buffer.from(secret).toString("base64").replace(/=+$/, ""),
  (secret) => Buffer.from(secret).toString("base64url"),
  (secret) => Buffer.from(secret).toString("hex"),
];

const characters = fc.constantFrom(..."abcdefXYZ0123456789+/=%\\\"'&()*~!@ü密😀".match(/./gu)!);
const secrets = fc.array(characters, { minLength: 8, maxLength: 40 }).map((all) => all.join(""));
/** Texts around a secret that mislead decoders. */
const surroundings = fc.array(fc.constantFrom("%", "%2", "%25", "\\", "\\u", "\\u00", "4", "u", " ", "€"), {
  maxLength: 6,
});

const spelled = fc
  .tuple(
    secrets,
    fc.constantFrom(...forms),
    fc.infiniteStream(fc.tuple(fc.nat(spellings.length - 1), fc.nat(3))),
  )
  .map(([secret, form, choices]) => ({
    secret,
    text: Array.from(form(secret), (character) => {
      const [way, level] = choices.next().value as [number, number];
      return spellings[way]?.(character, level) ?? "";
    }).join(""),
  }));

test("finds a secret in any spelling, at any place", () => {
  fc.assert(
    fc.property(spelled, surroundings, surroundings, ({ secret, text }, before, after) => {
      const [start, end] = [before.join(""), after.join("")];
      const shown = searchFor(secret).hide(start + text + end).text ?? "";
      expect(shown).toContain("***");
      // Backslashes before the first character are no part of the secret.
      const [backslashes = ""] = /^(\\|%5C)*/.exec(text) ?? [];
      expect((start + backslashes).startsWith(shown.slice(0, shown.indexOf("***")))).toBe(true);
      expect(end.endsWith(shown.slice(shown.lastIndexOf("***") + 3))).toBe(true);
    }),
    { seed, numRuns: 2_000 },
  );
});

/** The definition as one regular expression, which is possible for short secrets only. */
function simplePattern(secret: string): RegExp {
  const any = Array.from(secret, (character) => {
    const point = character.codePointAt(0)?.toString(16);
    return `(?:\\\\{0,4}\\u{${point}}|${Array.from(Buffer.from(character), (octet) => `%(?:25){0,3}${hex(octet)}`).join("")})`;
  });
  return new RegExp(any.join(""), "iu");
}

test("finds everything that the simple definition finds", () => {
  const confusing = fc.constantFrom("%", "2", "5", "4", "1", "a", "A", "\\", "u", "0", "%25", "%41", "%5c");
  const texts = (maxLength: number, minLength = 0) =>
    fc.array(confusing, { minLength, maxLength }).map((all) => all.join(""));
  let found = 0;
  fc.assert(
    fc.property(texts(4, 1), texts(40), (secret, text) => {
      const { text: shown } = searchFor(secret).hide(text);
      const isFound = simplePattern(secret).test(text);
      if (isFound) found += 1;
      if (isFound && shown !== undefined) expect(shown).toContain("***");
      expect(simplePattern(secret).test((shown ?? "").replaceAll("***", "|"))).toBe(false);
    }),
    { seed, numRuns: 5_000 },
  );
  expect(found).toBeGreaterThan(200);
});

describe("the work", () => {
  // Like those of the vendor: all have the same beginning.
  const token = (n: number) => `CAIS${n}${"+/ab1%2B\\".repeat(1_800)}`.slice(0, 16_384);
  const [one = "", ...others] = [1, 2, 3, 4].map(token);
  const filled = (unit: string, length: number) =>
    unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
  const texts: readonly (readonly [string, string])[] = [
    ["prose", "The domain name does not exist. "],
    ["the token's first character", "C"],
    ["its beginning", one.slice(0, 5)],
    ["half of it", one.slice(0, 8_000)],
    ["all of it but the last character", one.slice(0, -1)],
    ["its repeated part", "+/ab1%2B\\"],
    ["backslashes", "\\"],
    ["percent signs", "%"],
    ["percent signs that are encoded", "%2525"],
    ["escapes", "\\u0043"],
    ["white space", " "],
    ["characters of three octets", "密"],
  ];

  test.each(texts)("is linear in the text: %s", (_, unit) => {
    const search = searchFor(one);
    const patterns = 6;
    for (const length of [1_000, 10_000, maxText, 4 * 1024 * 1024]) {
      const text = filled(unit, length);
      const octets = Buffer.byteLength(text.slice(0, maxText));
      const { steps } = search.hide(text);
      expect(steps).toBeGreaterThanOrEqual(octets / 10);
      // It checks the limit once for each octet, so it can exceed the limit a little.
      expect(steps).toBeLessThanOrEqual(octets * (maxSteps.octet + maxSteps.pattern * patterns) + one.length);
    }
  });

  test("is linear in the number of secrets", () => {
    for (const unit of ["The domain name does not exist. ", "CAIS"]) {
      const text = filled(unit, 10_000);
      const steps = (...secrets: string[]) => searchFor(...secrets).hide(text).steps;
      const [alone, together] = [steps(one), steps(one, ...others)];
      expect(alone).toBeLessThanOrEqual(10 * text.length);
      expect(together).toBeLessThanOrEqual((1 + others.length) * alone);
    }
  });

  test.each(["a", "ab", "+/ab1"])("finds a secret that repeats %s", (unit) => {
    const secret = filled(unit, 16_384);
    for (const text of [secret, encodeURIComponent(secret)])
      expect(searchFor(secret).hide(`before ${text} after`).text).toBe("before *** after");
    const almost = `${secret.slice(0, -1)}#`.repeat(4);
    expect(searchFor(secret).hide(almost).text).toBe(`${almost.slice(0, maxText)}`);
  });

  test.each(["%25", "\\", "%2525"])("is given up on ambiguous text: %s", (unit) => {
    const { text, steps } = searchFor(filled(unit, 2_000)).hide(filled(unit, maxText));
    expect([text, steps < 65 * maxText]).toEqual([undefined, true]);
  });
});

describe("a text beyond the limit", () => {
  const secret = "CAIS+long/secret==";

  test("ends where the limit is", () => {
    expect(searchFor(secret).hide("x".repeat(maxText + 1)).text).toBe(`${"x".repeat(maxText)}…`);
    expect(searchFor(secret).hide("x".repeat(maxText)).text).toBe("x".repeat(maxText));
  });

  test.each([
    secret,
    encodeURIComponent(secret),
    secret.replaceAll("+", "%25252b"),
    `\\u0043${secret.slice(1)}`,
  ])("does not show the beginning of %s at its end", (text) => {
    for (let shown = 1; shown < text.length; shown += 1) {
      const before = " ".repeat(maxText - shown);
      const rest = searchFor(secret).hide(`${before}${text}`).text?.trim() ?? "";
      // Half of an escape does not begin a match.
      expect(rest).toMatch(/^(%|\\(u0{0,2}4?)?)?(\*\*\*)?…$/);
    }
  });
});
