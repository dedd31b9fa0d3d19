import { CredentialsFailure, reasonOf } from "../../../provider/alicloud/credentials/failure";
import { ProxyFailure } from "../../../provider/alicloud/proxy";
import { canaries } from "./bed";

const errorWith = (more: object) => Object.assign(new Error(canaries.secret), more);
const hidden = /^it gave no credentials, and its message is hidden/;

test.each<[string, unknown, string | RegExp]>([
  ["our own failure", new CredentialsFailure("it is too long"), /^it is too long$/],
  ["Node's code", errorWith({ code: "ECONNREFUSED" }), /^the connection failed \(ECONNREFUSED\)$/],
  [
    "Node's code of a file",
    errorWith({ code: "EACCES", path: "/x" }),
    /^its file cannot be read \(EACCES\)$/,
  ],
  ["a proxy's HTTP status", new ProxyFailure("p:1", { status: 407 }), /^the proxy p:1 .*\(HTTP 407\)$/],
  ["a proxy's code", new ProxyFailure("p:1", { code: "ECONNRESET" }), /^the proxy p:1 .*\(ECONNRESET\)$/],
  ["an error with an odd code", errorWith({ code: canaries.secret.toLowerCase() }), hidden],
  ["an error with an exit code", errorWith({ code: 1 }), hidden],
  ["a text", canaries.secret, hidden],
  ["nothing", undefined, hidden],
])("the reason of %s", (_, thrown, words) => {
  expect(reasonOf(thrown)).toMatch(words);
});

const code = (Code: unknown) => JSON.stringify({ Code });

test.each<[number, string, string]>([
  [200, code("NoPermission"), "the answer was HTTP 200, without usable credentials"],
  [403, code("NoPermission"), "the answer was HTTP 403 (NoPermission)"],
  [400, code("AuthenticationFail.NoPermission"), "the answer was HTTP 400 (AuthenticationFail.NoPermission)"],
  [400, code("a".repeat(65)), "the answer was HTTP 400"],
  [400, code("No Permission"), "the answer was HTTP 400"],
  [400, code("No2"), "the answer was HTTP 400"],
  [400, code(7), "the answer was HTTP 400"],
  [400, code(canaries.token), "the answer was HTTP 400"],
  [400, "null", "the answer was HTTP 400"],
  [302, "<html>", "the answer was HTTP 302"],
])("the reason of HTTP %i, %s: %s", (statusCode, body, words) => {
  const last = { sent: `token=${canaries.token}`, statusCode, body: Buffer.from(body) };
  expect(reasonOf(new Error(canaries.secret), last)).toBe(words);
});
