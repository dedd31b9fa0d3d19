import { DsRecordError } from "../../provider/errors";
import { everythingOf } from "./everything";
import { canary, findings, forms, type Secret } from "./search";

const secrets = Object.entries(canary) as [Secret, string][];

// These show that an empty result of the search means something.
describe("a planted leak is found", () => {
  const encode = encodeURIComponent;
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const writings: [string, (secret: string) => string][] = [
    ["plain", (secret) => `the key is ${secret}.`],
    ["cut at its end", (secret) => `… ${secret.slice(0, 20)}…`],
    ["in JSON", (secret) => JSON.stringify({ deep: [`"${secret}"`] })],
    ["as Go writes it in JSON", (secret) => `"value={${secret.replaceAll("&", "\\u0026")}}"`],
    ["in upper case", (secret) => secret.toUpperCase()],
    ["URL-encoded", (secret) => `https://example.com/?a=${encode(secret)}&b=`],
    [
      "URL-encoded in lower case",
      (secret) => encode(secret).replace(/%../g, (escape) => escape.toLowerCase()),
    ],
    [
      "URL-encoded twice, as in a string to sign",
      (secret) => `POST&%2F&AccessKeyId%3D${encode(encode(secret))}%26`,
    ],
    ["in base64", (secret) => base64(secret)],
    ["in base64 after one octet", (secret) => base64(`:${secret}`)],
    ["in base64 after two octets", (secret) => base64(`::${secret}:`)],
    ["in base64 in the midst of other text", (secret) => base64(`Basic me:${secret}; and so on`)],
    ["in base64, URL-encoded", (secret) => encode(base64(`x${secret}`))],
    ["in base64 for URLs", (secret) => Buffer.from(`ab${secret}`).toString("base64url")],
    ["in hexadecimal", (secret) => Buffer.from(secret).toString("hex")],
  ];

  test.each(writings)("%s", (_, write) => {
    for (const [name, secret] of secrets) {
      expect(findings(write(secret)).some((finding) => finding.startsWith(name))).toBe(true);
      expect(findings(`${"x".repeat(100_000)}${write(secret)}${"x".repeat(100_000)}`)).toHaveLength(
        findings(write(secret)).length,
      );
    }
  });

  const errors: [string, (secret: string) => unknown][] = [
    ["message", (secret) => new DsRecordError("UNEXPECTED", secret)],
    ["details", (secret) => new DsRecordError("UNEXPECTED", "clean", { taskNo: secret })],
    ["cause", (secret) => new Error("clean", { cause: new Error("clean", { cause: { url: secret } }) })],
    ["stack", (secret) => Object.assign(new Error("clean"), { stack: `Error\n    at ${secret}` })],
    [
      "hidden property",
      (secret) => Object.defineProperty(new Error("clean"), "url", { value: secret, enumerable: false }),
    ],
    ["inherited property", (secret) => Object.create({ entry: { request: { headers: [secret] } } })],
    [
      "inherited getter",
      (secret) =>
        new (class extends Error {
          get url() {
            return secret;
          }
        })("clean"),
    ],
    ["symbol", (secret) => Object.assign(new Error("clean"), { [Symbol("raw")]: secret })],
    ["toJSON", (secret) => Object.assign(new Error("clean"), { toJSON: () => ({ url: secret }) })],
    ["list of lists", (secret) => ({ a: [[[[{ b: [secret] }]]]] })],
    ["map", (secret) => ({ entries: new Map([["key", { secret }]]) })],
  ];

  test.each(errors)("in an error's %s", (_, make) => {
    for (const [name, secret] of secrets)
      expect(findings(everythingOf(make(secret)))).toContain(`${name} plain`);
  });
});

test("nothing is found in clean texts", () => {
  expect(findings(everythingOf(new DsRecordError("UNEXPECTED", "asked with access key …WXYZ")))).toEqual([]);
  expect(findings("")).toEqual([]);
});

test("all forms are different", () => {
  expect(new Set(forms.flatMap(({ write }) => write(canary.accessKeySecret))).size).toBeGreaterThanOrEqual(
    forms.length,
  );
});
