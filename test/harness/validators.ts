import { writeFileSync } from "node:fs";
import path from "node:path";
import { parentZone } from "./named";
import { runTool } from "../harness/tools";
import { unboundConfiguration } from "../harness/unbound";

/**
 * A validator's verdict on a name. `nonexistent`: the validator proved that there is no such name.
 * `unknown`: it got no usable answer.
 */
export type Opinion = "secure" | "insecure" | "bogus" | "nonexistent" | "unknown";

/** A question to a validator. */
export interface Asked {
  readonly name: string;
  readonly type: "A" | "SOA" | "DNSKEY";
}

/** The verdicts of the two validators, and their output. */
export interface Verdicts {
  readonly delv: Opinion;
  readonly unbound: Opinion;
  /** Whether both validate with one of the servers. */
  readonly works: boolean;
}

/** Prepares the validators and their files. `dnskey` is the parent's, as zone files write it. */
export class Validators {
  readonly #directory: string;
  readonly #delvAnchor: string;
  readonly #unboundAnchor: string;
  #configurations = 0;

  constructor(directory: string, dnskey: string) {
    this.#directory = directory;
    const [flags, protocol, algorithm, ...publicKey] = dnskey.split(" ");
    this.#delvAnchor = path.join(directory, "anchor.delv");
    this.#unboundAnchor = path.join(directory, "anchor.zone");
    const key = `${flags} ${protocol} ${algorithm} "${publicKey.join("")}"`;
    writeFileSync(this.#delvAnchor, `trust-anchors { "${parentZone}." static-key ${key}; };\n`);
    writeFileSync(this.#unboundAnchor, `${parentZone}. 5 IN DNSKEY ${dnskey}\n`);
  }

  /** Runs delv at one server that has the parent zone and the child. */
  async delv({ name, type }: Asked, port: number): Promise<Opinion> {
    const server = ["@127.0.0.1", "-p", String(port), "-a", this.#delvAnchor, `+root=${parentZone}`];
    const { output } = await runTool("delv", [...server, name, type]);
    return opinion(output, delvSays);
  }

  /** Runs unbound-host with an empty cache, at ports of 127.0.0.1 for each zone. */
  async unbound({ name, type }: Asked, stubs: Readonly<Record<string, readonly number[]>>): Promise<Opinion> {
    const file = path.join(this.#directory, `unbound-${(this.#configurations += 1)}.conf`);
    const local = (port: number) => `127.0.0.1:${port}`;
    const configuration = unboundConfiguration({
      trustAnchorFile: this.#unboundAnchor,
      stubs: Object.entries(stubs).map(([zone, ports]) => [zone, ports.map(local)]),
      more: [`local-zone: "${parentZone}." nodefault`, "outbound-msg-retry: 2"],
    });
    writeFileSync(file, configuration);
    const { output } = await runTool("unbound-host", ["-C", file, "-v", "-t", type, name]);
    return opinion(output, unboundSays);
  }
}

type Says = readonly (readonly [RegExp, Opinion])[];

const delvSays: Says = [
  [/^; negative response, fully validated/m, "nonexistent"],
  [/^; fully validated/m, "secure"],
  [/^; (negative response, )?unsigned answer/m, "insecure"],
  [/^;; resolution failed: (broken trust chain|no valid \w+|insecurity proof failed|RRSIG [\w ]+)/m, "bogus"],
  [/^;; resolution failed: (SERVFAIL|REFUSED|FORMERR|timed out|failure)/m, "unknown"],
];

const unboundSays: Says = [
  [/\(BOGUS/, "bogus"],
  [/not found: 3\(NXDOMAIN\)\. \(secure\)/, "nonexistent"],
  [/has (address|SOA record|DNSKEY record) .* \(secure\)/, "secure"],
  [/\(insecure\)/, "insecure"],
  [/not found: \d+\((SERVFAIL|REFUSED)\)\. \(error\)/, "unknown"],
];

function opinion(output: string, says: Says): Opinion {
  const [, found] = says.find(([pattern]) => pattern.test(output)) ?? [];
  if (found === undefined) throw new Error(`not an answer of a validator: ${output}`);
  return found;
}
