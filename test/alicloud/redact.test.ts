import { Redactor } from "../../provider/alicloud/redact";
import { canary, findings, forms as searched, type Secret } from "../secrets/search";

function scrubber(...all: Parameters<Redactor["add"]>[0][]): Redactor["scrub"] {
  const redactor = new Redactor();
  for (const credentials of all) redactor.add(credentials);
  return redactor.scrub;
}

const accessKeyId = "LTAI5tKeyId";
const accessKeySecret = "se/cr+et(1)*&!'\"";
const securityToken = "CAIS+to/ken==";
const scrub = scrubber({ accessKeyId, accessKeySecret, securityToken });

const once = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const forms: [string, (secret: string) => string][] = [
  ["plain", (secret) => secret],
  ["URL-encoded", encodeURIComponent],
  ["URL-encoded as for a signature", once],
  ["in lower-case escapes", (secret) => once(secret).toLowerCase()],
  ["encoded twice", (secret) => once(once(secret))],
  ["in two ways, one after the other", (secret) => encodeURIComponent(once(secret))],
  ["encoded three times", (secret) => once(once(once(secret)))],
  ["in JSON within JSON", (secret) => JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
  ["in base64", (secret) => Buffer.from(secret).toString("base64").replace(/=+$/, "")],
];

describe.each(forms)("%s", (_, form) => {
  test.each([accessKeyId, accessKeySecret, securityToken])("%s", (secret) => {
    expect(scrub(`before ${form(secret)} after ${form(secret)}`)).toBe("before *** after ***");
  });
});

const texts: [string, string][] = [
  ["The domain name does not exist.", "The domain name does not exist."],
  ["a\r\nb\tc\u0000\u202ed", "a b c d"],
  ["x".repeat(300), "x".repeat(300)],
  ["x".repeat(301), `${"x".repeat(300)}…`],
  ["域名已被注册局锁定，无法更新。", "域名已被注册局锁定，无法更新。"],
  ["锁".repeat(301), `${"锁".repeat(300)}…`],
  // A character of two code units is cut as one.
  [`${"x".repeat(299)}𠮷`, `${"x".repeat(299)}𠮷`],
  [`${"x".repeat(299)}𠮷y`, `${"x".repeat(299)}𠮷…`],
  ["𠮷".repeat(300), "𠮷".repeat(300)],
  ["half a pair: \ud842!", "half a pair: !"],
  // Redacted before it is cut, since a part of a secret would remain.
  [`${"x".repeat(295)}${accessKeyId}`, `${"x".repeat(295)}***`],
  ["Signature=ab+/c=&Action=X", "Signature=***&Action=X"],
  ["%26Signature%3Dab%252B%26Action%3DX", "%26Signature=***%26Action%3DX"],
  ['{"Signature": "ab+c=", "Action":"X"}', '{"Signature=***", "Action":"X"}'],
  ["Specified signature is not matched.", "Specified signature is not matched."],
];

test.each(texts)("%j", (text, shown) => {
  expect(scrub(text)).toBe(shown);
});

test("characters beyond ASCII", () => {
  const secret = "geheim-ü-密";
  const other = scrubber({ accessKeyId, accessKeySecret: secret });
  expect(other(`${secret} ${encodeURIComponent(secret)}`)).toBe("*** ***");
});

test("a missing token hides nothing", () => {
  expect(scrubber({ accessKeyId, accessKeySecret })("text")).toBe("text");
});

test("secrets that were added later are hidden too", () => {
  const redactor = new Redactor();
  const { scrub: early } = redactor;
  redactor.add({ accessKeyId, accessKeySecret, securityToken });
  redactor.add({ accessKeyId: `${accessKeyId}-2`, accessKeySecret: "other", securityToken: "second" });
  expect(early(`${accessKeyId}-2 ${accessKeyId} ${securityToken} second other`)).toBe("*** *** *** *** ***");
});

test.each([100, 2_930, 16_384])("a token of %d characters is hidden in every form", (length) => {
  const long = "CAIS+to/ken==%42\\'".repeat(length).slice(0, length);
  const other = scrubber({ accessKeyId, accessKeySecret, securityToken: long });
  expect(other("The domain name does not exist.")).toBe("The domain name does not exist.");
  for (const [, form] of forms) expect(other(`before ${form(long)}`)).toMatch(/^before \*\*\*…?$/);
  // A part of a token is not found, but a text that is cut within a token shows none of it.
  expect(other(`${" ".repeat(60_000)}${long.repeat(2)}`)).toMatch(/^ (\*\*\*)+…?$/);
});

/** Each form in which test/secrets searches for leaks. */
const canaries = Object.entries(canary) as [Secret, string][];

test.each(searched.map((form) => [form.name, form.write] as const))(
  "forms that test/secrets searches for: %s",
  (_, write) => {
    const hide = scrubber(canary);
    for (const [, secret] of canaries) {
      for (const text of write(secret)) {
        expect(findings(`before ${text} after`)).not.toEqual([]);
        expect(findings(hide(`before ${text} after`))).toEqual([]);
        expect(hide(`before ${text} after`)).toMatch(/^before .{0,2}\*\*\*.{0,2} after$/);
      }
    }
  },
);

describe("a failure hides the whole text", () => {
  test("of the search", () => {
    expect(scrub(undefined as unknown as string)).toBe("***");
    expect(scrub({ toString: () => securityToken } as unknown as string)).toBe("***");
  });

  test("of a search that gives up on too many readings", () => {
    const other = scrubber({ accessKeyId, accessKeySecret, securityToken: "%25".repeat(2_000) });
    expect(other(`visible ${"%25".repeat(10_000)}`)).toBe("***");
  });

  test("of adding a secret", () => {
    const redactor = new Redactor();
    redactor.add({ accessKeyId, accessKeySecret: 7 as unknown as string });
    expect(redactor.scrub("text")).toBe("***");
  });
});
