import type { IncomingHttpHeaders } from "node:http";

const loopbackNames = ["127.0.0.1", "localhost", "[::1]"];
const foreignSites = ["cross-site", "same-site"];

/**
 * Describes the sign by which a request comes from a web page. Returns undefined for other
 * requests.
 *
 * Any web page can send requests to this machine, and the emulator's access key is public. Browsers
 * name the origin of a request. After DNS rebinding, `Host` still has the name of the foreign site.
 */
export function findWebPageSign(headers: IncomingHttpHeaders, port: number): string | undefined {
  const { host, origin, "sec-fetch-site": site } = headers;
  if (!isOwnHost(host, port)) return `its Host is not 127.0.0.1:${port}`;
  if (origin !== undefined) return "it has an Origin";
  if (typeof site === "string" && foreignSites.includes(site)) return `its Sec-Fetch-Site is ${site}`;
  return undefined;
}

function isOwnHost(host: string | undefined, port: number): boolean {
  const names = loopbackNames.map((name) => `${name}:${port}`);
  return [...names, ...(port === 80 ? loopbackNames : [])].includes(host?.toLowerCase() ?? "");
}
