import { isLoopback } from "../../provider/alicloud/loopback";

test.each<[string, boolean]>([
  ["localhost", true],
  ["127.0.0.1", true],
  ["127.9.9.9", true],
  ["[::1]", true],
  ["[::ffff:7f00:1]", true],
  ["a.localhost", false],
  ["localhost.example", false],
  ["127.0.0.1.example", false],
  ["128.0.0.1", false],
  ["[::2]", false],
  ["192.0.2.1", false],
  ["", false],
])("%j is loopback: %s", (hostname, expected) => {
  expect(isLoopback(hostname)).toBe(expected);
});
