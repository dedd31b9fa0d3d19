import { mkdirSync } from "node:fs";
import path from "node:path";
import { startBind, type Bind } from "../harness/bind";
import { runTool } from "../harness/tools";

export const parentZone = "test";
const updateKey = { name: "ddns", secret: Buffer.alloc(32, 9).toString("base64") };

const options = ['recursion no; key-directory "keys"; sig-signing-signatures 1000; sig-signing-nodes 1000;'];

const policies = [
  `key "${updateKey.name}" { algorithm hmac-sha256; secret "${updateKey.secret}"; };`,
  'dnssec-policy "bed" { keys { csk lifetime unlimited algorithm ecdsap256sha256; };',
  "dnskey-ttl 5; max-zone-ttl 5; parent-ds-ttl 5; publish-safety 0; retire-safety 0;",
  "zone-propagation-delay 0; parent-propagation-delay 0; };",
];

/** Starts a `named` with these zone statements. */
export function startNamed(directory: string, zones: readonly string[]): Promise<Bind> {
  mkdirSync(path.join(directory, "keys"), { recursive: true });
  return startBind({ directory, options, statements: [...policies, ...zones] });
}

/** Returns the zone statement of a child, whose file never changes. */
export function childZone(name: string, file: string): string {
  return `zone "${name}" { type primary; file "${file}"; check-names ignore; };`;
}

/** Returns the zone statement of the parent, which named signs and updates. */
export function parentZoneStatement(file: string): string {
  const policy = `update-policy { grant ${updateKey.name} zonesub ANY; };`;
  return `zone "${parentZone}" { type primary; file "${file}"; dnssec-policy "bed"; inline-signing no; ${policy} };`;
}

/** Sends an update of the parent zone: lines of nsupdate (RFC 2136). */
export async function update(port: number, lines: readonly string[]): Promise<void> {
  const key = `hmac-sha256:${updateKey.name}:${updateKey.secret}`;
  const script = [`server 127.0.0.1 ${port}`, `zone ${parentZone}.`, ...lines, "send", ""].join("\n");
  const { code, output } = await runTool("nsupdate", ["-y", key], { input: script });
  if (code !== 0) throw new Error(`nsupdate: ${output}`);
}

/** The options of dig for a question to a server of this bed. */
export function digServer(port: number): string[] {
  return ["@127.0.0.1", "-p", String(port), "+tries=1", "+time=1"];
}
