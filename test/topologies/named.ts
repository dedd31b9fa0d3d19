import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runTool } from "../harness/tools";
import { freePort } from "../harness/freePort";

export const parentZone = "test";
const updateKey = { name: "ddns", secret: Buffer.alloc(32, 9).toString("base64") };

/** A `named` on a port of 127.0.0.1. */
export interface Named {
  readonly port: number;
  stop(): Promise<void>;
}

interface NamedOptions {
  readonly directory: string;
  /** The zone statements of its configuration. */
  readonly zones: readonly string[];
}

/** Starts `named` and waits until it answers. It ends with this process in any case. */
export async function startNamed({ directory, zones }: NamedOptions): Promise<Named> {
  mkdirSync(path.join(directory, "keys"), { recursive: true });
  const port = await freePort();
  const configuration = path.join(directory, "named.conf");
  writeFileSync(configuration, configurationOf(directory, port, zones));
  // The shell's input ends with this process, and then the shell ends named.
  const script = 'named -c "$0" -g -n 1 > named.out 2>&1 & read -r _; kill $!; wait';
  const shell = spawn("sh", ["-c", script, configuration], {
    cwd: directory,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const stop = () => stopShell(shell);
  try {
    await untilAnswers(port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
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

function configurationOf(directory: string, port: number, zones: readonly string[]): string {
  return `
key "${updateKey.name}" { algorithm hmac-sha256; secret "${updateKey.secret}"; };
controls { };
dnssec-policy "bed" { keys { csk lifetime unlimited algorithm ecdsap256sha256; }; dnskey-ttl 5; max-zone-ttl 5;
  publish-safety 0; retire-safety 0; zone-propagation-delay 0; parent-propagation-delay 0; parent-ds-ttl 5; };
options { directory "${directory}"; pid-file "${directory}/named.pid"; lock-file none; session-keyfile none;
  managed-keys-directory "${directory}"; key-directory "${directory}/keys"; sig-signing-signatures 1000; sig-signing-nodes 1000;
  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; dnssec-validation no; notify no; };
${zones.join("\n")}
`;
}

async function stopShell(shell: ChildProcess): Promise<void> {
  if (shell.exitCode !== null || shell.signalCode !== null) return;
  const exited = once(shell, "exit");
  shell.stdin?.end();
  await exited;
}

async function untilAnswers(port: number): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const { output } = await runTool("dig", [...digServer(port), "version.bind", "CH", "TXT"]);
    if (output.includes("status: NOERROR")) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`named does not answer on port ${port}`);
}

/** The options of dig for a question to a server of this bed. */
export function digServer(port: number): string[] {
  return ["@127.0.0.1", "-p", String(port), "+tries=1", "+time=1"];
}
