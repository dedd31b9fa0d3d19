import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dsFromDnskey, parseDnskeyRecord } from "../../provider/dnssec/dnskey";
import { formatDs, parseDsRecord } from "../../provider/dnssec/ds";
import { sameName } from "../../provider/dnssec/name";
import { requireTools } from "../harness/requireTools";
import { toolOutput } from "../harness/tools";
import { thrownBy } from "./thrown";

// BIND computes the same DS records from keys that it just made.
requireTools("dnssec-keygen", "dnssec-dsfromkey");

const required = [8, 13, 14, 15];
const optional = [5, 7, 10, 16];
const digestTypes = [1, 2, 4];
const owners = [
  "example.com",
  "Sub.EXAMPLE.co.uk",
  "xn--fsqu00a.xn--fiqs8s",
  "_a-b.example",
  "a\\.b\\032c.example",
  ".",
];

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "dsfromkey-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe("equals dnssec-dsfromkey", () => {
  test.each(required)("algorithm %d", (algorithm) => {
    for (const owner of owners) compare(makeKey(algorithm, owner), owner);
  });

  test.each(optional)("algorithm %d, if this BIND makes such keys", (algorithm) => {
    if (thrownBy(() => makeKey(algorithm, "example.com")) === undefined) {
      compare(makeKey(algorithm, "example.com"), "example.com");
    } else {
      console.warn(`dnssec-keygen makes no keys of algorithm ${algorithm}: not compared`);
    }
  });
});

function compare(keyFile: string, owner: string): void {
  const { owner: keyOwner, dnskey } = parseDnskeyRecord(readFileSync(keyFile, "utf8"));
  expect(sameName(keyOwner ?? "", owner)).toBe(true);
  const lines = toolOutput("dnssec-dsfromkey", [
    ...digestTypes.flatMap((type) => ["-a", String(type)]),
    keyFile,
  ]);
  const theirs = lines
    .trim()
    .split("\n")
    .map((line) => formatDs(parseDsRecord(line).ds));
  expect(theirs).toHaveLength(digestTypes.length);
  expect(digestTypes.map((type) => formatDs(dsFromDnskey(owner, dnskey, type)))).toEqual(theirs);
}

function makeKey(algorithm: number, owner: string): string {
  const bits = algorithm <= 10 ? ["-b", "1024"] : [];
  const name = toolOutput("dnssec-keygen", [
    "-q",
    "-K",
    directory,
    "-a",
    String(algorithm),
    ...bits,
    "-f",
    "KSK",
    owner,
  ]);
  return join(directory, `${name.trim()}.key`);
}
