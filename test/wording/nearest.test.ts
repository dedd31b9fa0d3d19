import { nearestOf, spellingAdvice } from "../../provider/wording/nearest";

const names = ["domainName", "digest", "digestType", "ds", "preflight"];

test.each<[string, string | undefined]>([
  ["domainname", "domainName"],
  ["digst", "digest"],
  ["digesttype", "digestType"],
  ["preflght", "preflight"],
  ["perflight", "preflight"],
  ["d", undefined],
  ["region", undefined],
  ["", undefined],
])("nearest to %s: %s", (name, expected) => {
  expect(nearestOf(name, names)).toBe(expected);
});

test("a very long name has no nearest, and costs no time", () => {
  expect(nearestOf("p".repeat(100_000), names)).toBe(undefined);
});

test("the fewest slips count, and the first of equals", () => {
  expect(nearestOf("aaaaaaab", ["aaaaabbb", "aaaaaaaa", "aaaaaaac"])).toBe("aaaaaaaa");
});

const near = (name: string) => `Is exmaple.com mistyped? The nearest name in this program is ${name}.`;

test.each<[string, string, string[], string]>([
  ["two letters swapped", "exmaple.com", ["other.com", "example.com"], near("example.com")],
  ["three slips", "exmapel.com", ["example.com"], "Check the spelling of exmapel.com."],
  ["no other name", "exmaple.com", ["exmaple.com"], "Check the spelling of exmaple.com."],
  ["short names, where two slips are too many", "ab.cn", ["cd.cn"], "Check the spelling of ab.cn."],
])("an unknown domain: %s", (_, domain, declared, advice) => {
  expect(spellingAdvice(domain, declared)).toBe(advice);
});
