import { duration } from "../../provider/wording/duration";

test.each([
  [0, "0 ms"],
  [850, "850 ms"],
  [1_000, "1 s"],
  [119_499, "119 s"],
  [120_000, "2 min"],
  [900_000, "15 min"],
  [7_200_000, "2 h"],
  [7_500_000, "2 h 5 min"],
])("%d ms are %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});
