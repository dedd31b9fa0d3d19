import type { Credentials } from "../../provider/alicloud/settings";
import { AccessKeys } from "../../provider/alicloud/accessKey";
import { rejection } from "./bed";

const key = { accessKeyId: "STS.the-test-key-WXYZ", accessKeySecret: "the-test-secret" };

const accessKeysOf = (credentials: Credentials) =>
  new AccessKeys({ name: "odd", get: () => Promise.resolve(credentials) });

test("credentials of the maximum length are used", async () => {
  const longest = {
    accessKeyId: "i".repeat(1_024),
    accessKeySecret: "s".repeat(1_024),
    securityToken: "t".repeat(16_384),
  };
  expect((await accessKeysOf(longest).current()).credentials).toEqual(longest);
});

test.each<[string, Credentials, string]>([
  [
    "id",
    { ...key, accessKeyId: "i".repeat(1_025) },
    "access key id has 1025 characters, and the maximum is 1024",
  ],
  [
    "secret",
    { ...key, accessKeySecret: "s".repeat(1_025) },
    "access key secret has 1025 characters, and the maximum is 1024",
  ],
  [
    "token",
    { ...key, securityToken: "t".repeat(16_385) },
    "security token has 16385 characters, and the maximum is 16384",
  ],
])("a longer %s is not used, and not shown", async (_, credentials, words) => {
  const error = await rejection(accessKeysOf(credentials).current());
  expect(error).toMatchObject({
    code: "CREDENTIALS_UNAVAILABLE",
    message: `The credentials from odd cannot be used: the ${words}. Nothing was sent.`,
  });
});
