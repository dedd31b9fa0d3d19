import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDs, type Ds } from "../../../provider/dnssec/ds";
import type { ApexData } from "../../../provider/dns/answers";
import { toolOutput } from "../../harness/tools";
import { wireName } from "./forge";
import { dnskeyOf, rrsigOf } from "./zoneFields";
import { soaOf } from "./zones";

/** The name of a BIND key file, without ".key". */
type KeyFile = string;

export interface Workshop {
  readonly zone: string;
  /** @param options Options of dnssec-keygen. */
  readonly makeKey: (algorithm: number, ...options: readonly string[]) => KeyFile;
  readonly revoke: (key: KeyFile) => KeyFile;
  /** Makes a DS record. BIND makes none of a revoked key. */
  readonly ds: (key: KeyFile, digest?: string) => Ds;
  /**
   * @param options Options of dnssec-signzone. Without `signers`, BIND chooses the keys that sign.
   */
  readonly sign: (signing: Signing) => SignedZone;
}

export interface Signing {
  readonly keys: readonly KeyFile[];
  readonly signers?: readonly KeyFile[];
  readonly options?: readonly string[];
}

export interface SignedZone {
  readonly keys: readonly Buffer[];
  readonly signatures: readonly Buffer[];
  readonly data: ApexData;
}

/** Prepares BIND's tools in a new folder. */
export function openWorkshop(folder: string, zone: string): Workshop {
  mkdirSync(folder, { recursive: true });
  const directory = mkdtempSync(join(folder, "zone-"));
  const run = (tool: string, ...args: readonly string[]) => toolOutput(tool, args, directory);
  const textOf = (key: KeyFile) => readFileSync(join(directory, `${key}.key`), "utf8");
  return {
    zone,
    makeKey: (algorithm, ...options) => {
      const size = algorithm <= 10 ? ["-b", "1024"] : [];
      return run("dnssec-keygen", "-q", "-a", String(algorithm), ...size, ...options, zone).trim();
    },
    revoke: (key) => run("dnssec-revoke", "-f", `${key}.key`).trim(),
    ds: (key, digest = "SHA-256") => parseDs(run("dnssec-dsfromkey", "-a", digest, `${key}.key`)),
    sign: ({ keys, signers = keys, options = [] }) => {
      const apex = "@ 3600 IN SOA ns.example. host.example. 1 3600 600 86400 60\n@ 3600 IN NS ns.example.\n";
      writeFileSync(join(directory, "zone.db"), `$ORIGIN ${zone}.\n${apex}${keys.map(textOf).join("")}`);
      const args = ["-q", "-P", "-O", "full", "-f", "-", "-o", zone, ...options, "zone.db", ...signers];
      return read(run("dnssec-signzone", ...args), zone);
    },
  };
}

function read(zoneFile: string, zone: string): SignedZone {
  const records = zoneFile
    .split("\n")
    .map((line) => line.split(/\s+/))
    .filter(([owner]) => owner === `${zone}.`)
    .map(([, , , type, ...fields]) => ({ type, fields }));
  const ofType = (wanted: string) =>
    records.filter(({ type }) => type === wanted).map(({ fields }) => fields);
  const over = (type: string) =>
    ofType("RRSIG")
      .filter(([covered]) => covered === type)
      .map(rrsigOf);
  const soa = ofType("SOA").map(([server = "", contact = "", ...numbers]) =>
    soaOf(wireName(server), wireName(contact), numbers.slice(0, 5).map(Number)),
  );
  return {
    keys: ofType("DNSKEY").map(dnskeyOf),
    signatures: over("DNSKEY"),
    data: { soa, signatures: over("SOA") },
  };
}
