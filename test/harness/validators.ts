import { writeFileSync } from "node:fs";
import path from "node:path";
import { at } from "./dig";
import { runTool } from "./tools";

/**
 * The result of a validator for a name. `nonexistent` is a proven denial. `unknown` means that it
 * got no usable answer.
 */
export type Opinion = "secure" | "insecure" | "bogus" | "nonexistent" | "unknown";

/** A question to a validator. */
export interface Asked {
  readonly name: string;
  readonly type: "A" | "DS" | "SOA" | "DNSKEY";
}

/** BIND's delv and unbound-host, which trust the key of one parent zone and keep no cache. */
export class Validators {
  readonly #directory: string;
  readonly #parent: string;
  readonly #delvAnchor: string;
  readonly #unboundAnchor: string;
  readonly #unboundOptions: readonly string[];
  #configurations = 0;

  /**
   * Writes the validators' files.
   *
   * @param trustAnchor The parent's DNSKEY record as a line of a zone file,
   * `test. 60 IN DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxIL`.
   * @param unboundOptions Lines of unbound's section `server`.
   */
  constructor(directory: string, trustAnchor: string, unboundOptions: readonly string[] = []) {
    const [owner = "", , , , flags, protocol, algorithm, ...publicKey] = trustAnchor.split(" ");
    this.#directory = directory;
    this.#parent = owner.replace(/\.$/, "");
    this.#delvAnchor = path.join(directory, "anchor.delv");
    this.#unboundAnchor = path.join(directory, "anchor.zone");
    this.#unboundOptions = unboundOptions;
    const key = `${flags} ${protocol} ${algorithm} "${publicKey.join("")}"`;
    writeFileSync(this.#delvAnchor, `trust-anchors { "${this.#parent}." static-key ${key}; };\n`);
    writeFileSync(this.#unboundAnchor, `${trustAnchor}\n`);
  }

  /** Runs delv at one server, such as `127.0.0.1:5301`, that knows the parent and the name. */
  async delv({ name, type }: Asked, server: string): Promise<Opinion> {
    const options = [...at(server), "-a", this.#delvAnchor, `+root=${this.#parent}`];
    const { output } = await runTool("delv", [...options, name, type]);
    return opinion(output, delvSays);
  }

  /**
   * Runs unbound-host, which asks the servers of each zone, such as `{ test: ["127.0.0.1:5301"] }`.
   */
  async unbound(
    { name, type }: Asked,
    servers: Readonly<Record<string, readonly string[]>>,
  ): Promise<Opinion> {
    const file = path.join(this.#directory, `unbound-${(this.#configurations += 1)}.conf`);
    writeFileSync(file, this.#unboundConfiguration(servers));
    const { output } = await runTool("unbound-host", ["-C", file, "-v", "-t", type, name]);
    return opinion(output, unboundSays);
  }

  #unboundConfiguration(servers: Readonly<Record<string, readonly string[]>>): string {
    const options = [
      `directory: "${this.#directory}"`,
      'chroot: ""',
      'username: ""',
      "do-ip6: no",
      "do-not-query-localhost: no",
      `trust-anchor-file: "${this.#unboundAnchor}"`,
      'module-config: "validator iterator"',
      `local-zone: "${this.#parent}." nodefault`,
      ...this.#unboundOptions,
    ];
    const stubs = Object.entries(servers).map(([zone, addresses]) => {
      const lines = addresses.map((address) => `  stub-addr: ${address.replace(":", "@")}\n`);
      return `stub-zone:\n  name: "${zone}."\n${lines.join("")}`;
    });
    return `server:\n${options.map((line) => `  ${line}\n`).join("")}${stubs.join("")}`;
  }
}

type Says = readonly (readonly [RegExp, Opinion])[];

const delvSays: Says = [
  [/^; negative response, fully validated/m, "nonexistent"],
  [/^; fully validated/m, "secure"],
  [/^; (negative response, )?unsigned answer/m, "insecure"],
  [/^;; resolution failed: (broken trust chain|no valid \w+|insecurity proof failed|RRSIG [\w ]+)/m, "bogus"],
  [/^;; resolution failed: /m, "unknown"],
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
