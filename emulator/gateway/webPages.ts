import type { IncomingHttpHeaders } from "node:http";

const loopbackNames = ["127.0.0.1", "localhost", "[::1]"];
const foreignSites = ["cross-site", "same-site"];

/**
 * Returns in words what shows that a request comes from a web page; undefined for one of a program.
 *
 * A page of any site can send requests to this machine, and the emulator's access key is public. Browsers say where a
 * request comes from; and a site whose name was made to lead here (DNS rebinding) is still in `Host`.
 */
export function signOfWebPage(headers: IncomingHttpHeaders, port: number): string | undefined {
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
