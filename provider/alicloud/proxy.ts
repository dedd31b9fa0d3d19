import { BlockList, isIP } from "node:net";
import { DsRecordError } from "../errors";
import { isLoopback } from "./loopback";

/** A proxy of the environment's. */
export interface Proxy {
  /** With its user name and password: never for a message. */
  readonly url: URL;
  /** Host and port, for messages. */
  readonly name: string;
}

/** The variables that are looked at, in the order of precedence, which is that of the vendor's tools and of Go's. */
const variables = { proxy: ["HTTPS_PROXY", "https_proxy"], exceptions: ["NO_PROXY", "no_proxy"] } as const;

const defaultPorts: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/**
 * Returns the proxy through which an address is to be reached, or undefined where there is none. Loopback addresses, and
 * plain http, never go through one.
 *
 * @throws {DsRecordError} CONFIG_INVALID, which does not quote the value.
 */
export function proxyFor(
  address: string,
  env: Readonly<Record<string, string | undefined>>,
): Proxy | undefined {
  const target = new URL(address);
  const [name, text] = first(variables.proxy, env);
  if (text === undefined || target.protocol !== "https:" || isLocal(target)) return undefined;
  const [, exceptions = ""] = first(variables.exceptions, env);
  return isExcepted(target, exceptions) ? undefined : parse(name, text);
}

/** Minimum length of what is taken for a secret of the proxy's: shorter ones would be found everywhere. */
const minSecretLength = 6;

/** What must not be shown of a proxy. */
export function secretsOf({ url }: Proxy): string[] {
  const [user, password] = [url.username, url.password].map(decodeURIComponent);
  return [`${user}:${password}`, password ?? ""].filter((secret) => secret.length >= minSecretLength);
}

/** A call that never reached its address, because of the proxy. */
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

function first(
  names: readonly [string, string],
  env: Readonly<Record<string, string | undefined>>,
): Variable {
  const name = names.find((candidate) => env[candidate]?.trim());
  return [name ?? names[0], name && env[name]?.trim()];
}

function parse(name: string, text: string): Proxy {
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const defaultPort = url && defaultPorts[url.protocol];
  // A password with an unescaped slash, question mark or number sign would be read as host and path.
  const isOrigin = url?.pathname === "/" && url.search === "" && url.hash === "";
  if (!url?.hostname || !defaultPort || !isOrigin || !isDecodable(url)) {
    throw new DsRecordError(
      "CONFIG_INVALID",
      `${name} is not the address of an http or https proxy, such as http://proxy.example:3128 or ` +
        "http://user:password@proxy.example:3128, where special characters are percent-encoded. Correct or unset it, or " +
        "name the host of the registrar in NO_PROXY.",
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

/** Names stand for themselves and what is below them, with or without a dot before; addresses may be ranges. */
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
      // An IPv6 address has colons of its own.
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
  const most = family === 4 ? 32 : 128;
  const bits = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : most + 1;
  if (bits <= most) range.addSubnet(address, bits, family === 4 ? "ipv4" : "ipv6");
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
