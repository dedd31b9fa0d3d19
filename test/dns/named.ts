import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServerAddress } from "../../provider/dns/serverAddress";
import { startBind } from "../harness/bind";
import { at } from "../harness/dig";
import { toolOutput } from "../harness/tools";

/** The keys with which BIND's tools sign a zone below test., none without an algorithm. */
export interface ZoneKeys {
  readonly algorithm?: string;
  readonly bits?: number;
  readonly keys?: number;
}

/** BIND on a loopback port, with "test." and zones below it, signed by `dnssec-signzone`. */
export interface Named {
  readonly at: ServerAddress;
  /** Returns the RDATA, in hexadecimal, of the records of one type that `dig` shows. */
  rdata(name: string, type: string): string[];
  stop(): Promise<void>;
}

export async function startNamed(zones: Readonly<Record<string, ZoneKeys>>): Promise<Named> {
  const directory = mkdtempSync(join(tmpdir(), "named-"));
  for (const [name, keys] of Object.entries(zones)) makeZone(directory, `${name}.test`, keys, "");
  const delegations = Object.keys(zones).map(
    (name) => `${name} NS ns.${name}.test.\nns.${name} A 127.0.0.1\n`,
  );
  const dsSets = readdirSync(directory).filter((file) => file.startsWith("dsset-"));
  const ds = dsSets.map((file) => readFileSync(join(directory, file), "latin1")).join("");
  makeZone(directory, "test", { algorithm: "ECDSAP256SHA256" }, delegations.join("") + ds);
  const names = ["test", ...Object.keys(zones).map((name) => `${name}.test`)];
  const bind = await startBind({
    directory,
    options: ["recursion no;"],
    statements: names.map((name) => `zone "${name}" { type primary; file "${name}.db"; };`),
  });
  const dig = (name: string, type: string) =>
    toolOutput("dig", [
      ...at(`127.0.0.1:${bind.port}`),
      name,
      type,
      ...["+dnssec", "+norecurse", "+noall", "+answer", "+unknownformat"],
    ]);
  return {
    at: { address: "127.0.0.1", port: bind.port },
    rdata: (name, type) => rdataIn(dig(name, type === "RRSIG" ? "DNSKEY" : type), type),
    stop: async () => {
      await bind.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const typeCodes: Readonly<Record<string, string>> = { DS: "TYPE43", RRSIG: "TYPE46", DNSKEY: "TYPE48" };

function rdataIn(text: string, type: string): string[] {
  const lines = text.split("\n").map((line) => line.split(/\s+/));
  return lines
    .filter((fields) => fields[3] === typeCodes[type])
    .map((fields) => fields.slice(6).join("").toLowerCase());
}

function makeZone(
  directory: string,
  zone: string,
  { algorithm, bits, keys = 1 }: ZoneKeys,
  more: string,
): void {
  const file = join(directory, `${zone}.db`);
  const apex = `$TTL 300\n@ SOA ns.${zone}. host.${zone}. 1 3600 600 86400 300\n@ NS ns.${zone}.\nns A 127.0.0.1\n`;
  writeFileSync(file, apex + more);
  if (algorithm === undefined) return;
  const run = (tool: string, ...args: string[]) => toolOutput(tool, args, directory);
  const size = bits === undefined ? [] : ["-b", String(bits)];
  for (let key = 0; key < keys; key += 1)
    run("dnssec-keygen", "-q", "-a", algorithm, ...size, "-f", "KSK", zone);
  run("dnssec-signzone", "-z", "-S", "-o", zone, "-f", file, file);
}
