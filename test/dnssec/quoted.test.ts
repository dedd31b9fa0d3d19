import { quoted } from "../../provider/dnssec/quoted";

test.each<[unknown, string]>([
  ["a\tb", '"a\\tb"'],
  ["x".repeat(80), `"${"x".repeat(80)}"`],
  ["x".repeat(81), `"${"x".repeat(80)}"… (81 characters)`],
  // A character of two code units is never cut in half.
  ["𠮷".repeat(80), `"${"𠮷".repeat(80)}"`],
  [`${"x".repeat(79)}𠮷𠮷`, `"${"x".repeat(79)}𠮷"… (81 characters)`],
  [7, "7"],
  [[1], "a list"],
  [{}, "an object"],
  [undefined, "undefined"],
])("%j", (value, shown) => {
  expect(quoted(value)).toBe(shown);
});
