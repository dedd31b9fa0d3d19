import { BlockList, isIP } from "node:net";
import { DsRecordError } from "../errors";
import { isLoopback } from "./loopback";
import type { Environment, Proxy } from "./settings";

/** Variables of the environment, in the order of precedence that the vendor's tools and Go have. */
const variables = { proxy: ["HTTPS_PROXY", "https_proxy"], exceptions: ["NO_PROXY", "no_proxy"] } as const;

const defaultPorts: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/**
 * Returns the proxy for an address, or undefined if there is none. Loopback addresses and plain
 * http never use one.
 *
 * @param address A URL.
 * @throws {DsRecordError} CONFIG_INVALID; the message does not quote the value.
 */
export function proxyFor(address: string, env: Environment): Proxy | undefined {
  const target = new URL(address);
  const [name, text] = first(variables.proxy, env);
  if (text === undefined || target.protocol !== "https:" || isLocal(target)) return undefined;
  const [, exceptions = ""] = first(variables.exceptions, env);
  return isExcepted(target, exceptions) ? undefined : parse(name, text);
}

/** Minimum length of a proxy's secret: shorter ones would be found in innocent text. */
const minSecretLength = 6;

/** Returns the parts of a proxy that must not be shown. */
export function secretsOf({ url }: Proxy): string[] {
  const [user, password] = [url.username, url.password].map(decodeURIComponent);
  return [`${user}:${password}`, password ?? ""].filter((secret) => secret.length >= minSecretLength);
}

/** A call that did not reach its address because of the proxy. */
export class ProxyFailure extends Error {
  /** Host and port of the proxy. */
  readonly proxy: string;
  /** Node's error code, or "UNKNOWN". */
  readonly code: string;
  /** The HTTP status with which the proxy refused; NaN for an answer that is not HTTP. */
  readonly status: number | undefined;

  constructor(proxy: string, { code = "UNKNOWN", status }: { code?: string; status?: number }) {
    super("The proxy failed");
    this.proxy = proxy;
    this.code = code;
    this.status = status;
  }
}

type Variable = readonly [name: string, value: string | undefined];

function first(names: readonly [string, string], env: Environment): Variable {
  const name = names.find((candidate) => env[candidate]?.trim());
  return [name ?? names[0], name && env[name]?.trim()];
}

function parse(name: string, text: string): Proxy {
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const defaultPort = url && defaultPorts[url.protocol];
  // A password with an unescaped slash, question mark or number sign would be read as host and
  // path.
  const isOrigin = url?.pathname === "/" && url.search === "" && url.hash === "";
  if (!url?.hostname || !defaultPort || !isOrigin || !isDecodable(url)) {
    throw new DsRecordError(
      "CONFIG_INVALID",
      `${name} is not the address of an http or https proxy, such as http://proxy.example:3128 or ` +
        "http://user:password@proxy.example:3128, where special characters are percent-encoded. Correct or unset it, or " +
        "add the host to NO_PROXY.",
    );
  }
  return { url, name: `${url.hostname}:${url.port || defaultPort}` };
}

function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

/** Names below `localhost` count as well: at worst, https goes to them without the proxy. */
function isLocal(target: URL): boolean {
  const host = hostOf(target);
  return isLoopback(host) || host.endsWith(".localhost");
}

/**
 * An exception is a name, which includes the names below it, with or without a leading dot, or an
 * address or range.
 */
function isExcepted(target: URL, exceptions: string): boolean {
  const host = hostOf(target);
  const port = target.port || defaultPorts[target.protocol];
  return exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [, bracketed, plain, entryPort] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
      // An IPv6 address has colons too.
      const name = bracketed ?? plain ?? entry;
      if (entryPort !== undefined && entryPort !== port) return false;
      if (isIP(host) !== 0) return isWithin(rangeOf(name), host);
      const suffix = name.replace(/^\*?\./, "").replace(/\.$/, "");
      return suffix !== "" && (host === suffix || host.endsWith(`.${suffix}`));
    });
}

function rangeOf(text: string): BlockList {
  const range = new BlockList();
  const [address = "", prefix] = text.split("/");
  const family = isIP(address);
  if (family === 0) return range;
  const maxBits = family === 4 ? 32 : 128;
  const bits = prefix === undefined ? maxBits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : maxBits + 1;
  if (bits <= maxBits) range.addSubnet(address, bits, family === 4 ? "ipv4" : "ipv6");
  return range;
}

function isWithin(range: BlockList, host: string): boolean {
  const family = isIP(host);
  return family !== 0 && range.check(host, family === 4 ? "ipv4" : "ipv6");
}

function hostOf({ hostname }: URL): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
}
