import { listed, shortened } from "../../provider/wording/listed";

const items = (count: number) => Array.from({ length: count }, (_, index) => `i${index + 1}`);

test.each([
  [0, ""],
  [1, "i1"],
  [2, "i1 and i2"],
  [8, "i1, i2, i3, i4, i5, i6, i7 and i8"],
  [9, "i1, i2, i3, i4, i5, i6, i7, i8 and 1 more"],
  [50_000, "i1, i2, i3, i4, i5, i6, i7, i8 and 49992 more"],
])("%i items", (count, text) => expect(listed(items(count))).toBe(text));

test("the others are one item", () => {
  expect(shortened(items(8))).toEqual(items(8));
  expect(shortened(items(55))).toEqual([...items(8), "47 more"]);
});
