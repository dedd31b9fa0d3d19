import { proxyFor, secretsOf } from "../../provider/alicloud/proxy";
import type { Proxy } from "../../provider/alicloud/settings";

const target = "https://domain.aliyuncs.com";
const proxy = "http://proxy.example:3128";

type Env = Record<string, string>;

/** Environments, addresses, and the proxy for them. */
const rows: [Env, string, string | undefined][] = [
  [{}, target, undefined],
  [{ HTTPS_PROXY: proxy }, target, "proxy.example:3128"],
  [{ https_proxy: proxy }, target, "proxy.example:3128"],
  [{ HTTPS_PROXY: "http://upper.example", https_proxy: "http://lower.example" }, target, "upper.example:80"],
  [{ HTTPS_PROXY: " ", https_proxy: "http://lower.example" }, target, "lower.example:80"],
  [{ HTTPS_PROXY: "" }, target, undefined],
  [{ HTTPS_PROXY: "proxy.example:3128" }, target, "proxy.example:3128"],
  [{ HTTPS_PROXY: "10.0.0.1:3128" }, target, "10.0.0.1:3128"],
  [{ HTTPS_PROXY: "https://proxy.example" }, target, "proxy.example:443"],
  [{ HTTPS_PROXY: "http://[2001:db8::1]:3128" }, target, "[2001:db8::1]:3128"],
  [{ HTTPS_PROXY: "http://user:pa%40ss@proxy.example:3128/" }, target, "proxy.example:3128"],
  // These variables are for other protocols, and for curl.
  [{ HTTP_PROXY: proxy, http_proxy: proxy, ALL_PROXY: proxy, all_proxy: proxy }, target, undefined],
  // Plain http and loopback addresses never use a proxy.
  [{ HTTPS_PROXY: proxy, HTTP_PROXY: proxy }, "http://100.100.100.200/latest", undefined],
  ...["localhost", "LOCALHOST.", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]", "[::ffff:127.0.0.1]"].map(
    (host) => [{ HTTPS_PROXY: proxy }, `https://${host}:8443`, undefined] as [Env, string, undefined],
  ),
  [{ HTTPS_PROXY: proxy }, "https://localhost.example", "proxy.example:3128"],
];

test.each(rows)("%j: %s", (env, address, name) => {
  expect(proxyFor(address, env)?.name).toBe(name);
});

/** Exceptions, addresses, and whether the addresses are excepted. */
const exceptions: [string, string, boolean][] = [
  ["*", target, true],
  ["domain.aliyuncs.com", target, true],
  ["Domain.Aliyuncs.COM.", target, true],
  ["aliyuncs.com", target, true],
  [".aliyuncs.com", target, true],
  ["*.aliyuncs.com", target, true],
  ["iyuncs.com", target, false],
  ["domain.aliyuncs.com.example", target, false],
  ["domain.aliyuncs.com:443", target, true],
  ["domain.aliyuncs.com:8443", target, false],
  ["domain.aliyuncs.com:8443", `${target}:8443`, true],
  ["other.example, domain.aliyuncs.com", target, true],
  ["other.example domain.aliyuncs.com", target, true],
  [",, ,", target, false],
  [".", target, false],
  ["192.0.2.1", "https://192.0.2.1", true],
  ["192.0.2.1:443", "https://192.0.2.1", true],
  ["192.0.2.0/24", "https://192.0.2.1", true],
  ["192.0.2.0/33", "https://192.0.2.1", false],
  ["192.0.3.0/24", "https://192.0.2.1", false],
  ["2001:db8::1", "https://[2001:db8::1]", true],
  ["[2001:db8::1]:443", "https://[2001:db8::1]", true],
  ["2001:db8::/32", "https://[2001:db8::1]", true],
  ["2001:db9::/32", "https://[2001:db8::1]", false],
];

test.each(exceptions)("NO_PROXY %j: %s", (list, address, excepted) => {
  for (const name of ["NO_PROXY", "no_proxy"]) {
    const found = proxyFor(address, { HTTPS_PROXY: proxy, [name]: list });
    expect(found === undefined).toBe(excepted);
  }
});

test.each([
  "socks5://canary:canary@proxy.example:1080",
  "ftp://proxy.example",
  "http://",
  "http://canary:ca%zznary@proxy.example",
  "http://proxy.example:99999",
  // With an unescaped character, a password would be read as the path, query or fragment of
  // another host.
  "http://deploy:4711/canary@proxy.example:3128",
  "http://deploy:4711?canary@proxy.example:3128",
  "http://deploy:4711#canary@proxy.example:3128",
  "http://proxy.example:3128/canary",
  "not an address canary",
])("%s is refused, and not quoted", (value) => {
  expect(() => proxyFor(target, { https_proxy: value })).toThrow(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(
        /^https_proxy is not the address of an http or https proxy, (?!.*canary)/,
      ),
    }) as Error,
  );
  // Where no proxy is used, its address does not matter.
  expect(proxyFor("https://localhost", { https_proxy: value })).toBeUndefined();
});

test("the secrets of a proxy", () => {
  const secrets = (userinfo: string) =>
    secretsOf(proxyFor(target, { HTTPS_PROXY: `http://${userinfo}@p` }) as Proxy);
  expect(secrets("me:pa%40ssword")).toEqual(["me:pa@ssword", "pa@ssword"]);
  // Short ones occur in innocent text.
  expect(secrets("a:b")).toEqual([]);
});
