import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { at, run } from "./commands";
import { hermeticEnvironment } from "../../harness/environment";
import { freePort } from "../../harness/freePort";
import { RunningCommand } from "../../harness/runningCommand";
import { unboundConfiguration } from "../../harness/unbound";

/** Validators that trust the key of one parent zone. */
export interface RealValidators {
  /** Returns `secure`, `insecure` or `bogus` for the address of a name, or else the output. */
  delv(name: string): Promise<string>;
  unbound(name: string): Promise<string>;
  stop(): Promise<void>;
}

export interface DelegationTree {
  readonly parent: string;
  /** The parent's DNSKEY record, as a zone-file line. */
  readonly trustAnchor: string;
  /** The server of each zone, the parent included, by the zone's name. */
  readonly servers: ReadonlyMap<string, string>;
}

const maxStartSeconds = 20;

/** Starts BIND as the resolver that `delv` asks. `unbound-host` asks the servers itself. */
export async function startValidators(tree: DelegationTree): Promise<RealValidators> {
  const directory = mkdtempSync(path.join(tmpdir(), "real-validators-"));
  const resolver = `127.0.0.1:${await freePort()}`;
  const configuration = path.join(directory, "named.conf");
  writeFileSync(configuration, namedConfiguration(directory, resolver, tree));
  // The shell's input ends with this process, and named with the shell.
  const script = 'named -c "$0" -g -n 1 & read -r _; kill $!; wait';
  const named = new RunningCommand("sh", ["-c", script, configuration], {
    cwd: directory,
    env: hermeticEnvironment(),
    stdin: "pipe",
  });
  const stop = async () => {
    named.process.stdin?.end();
    await named.exited;
    rmSync(directory, { recursive: true });
  };
  try {
    await named.waitForOutput(/ running$/m, maxStartSeconds);
    return { delv: delv(directory, resolver, tree), unbound: unbound(directory, tree), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function delv(directory: string, resolver: string, { parent, trustAnchor }: DelegationTree) {
  const file = path.join(directory, "anchor.delv");
  const [, , , , flags, protocol, algorithm, key] = trustAnchor.split(" ");
  writeFileSync(
    file,
    `trust-anchors { "${parent}." static-key ${flags} ${protocol} ${algorithm} "${key}"; };\n`,
  );
  return async (name: string) => {
    const { text } = await run("delv", [...at(resolver), "-a", file, `+root=${parent}`, name, "A"]);
    return verdict(text, [
      [/^; fully validated/m, "secure"],
      [/^; unsigned answer/m, "insecure"],
      [/resolution failed: (broken trust chain|.*no valid|RRSIG )/m, "bogus"],
    ]);
  };
}

function unbound(directory: string, { parent, trustAnchor, servers }: DelegationTree) {
  const configuration = path.join(directory, "unbound.conf");
  const trustAnchorFile = path.join(directory, "anchor.rr");
  writeFileSync(trustAnchorFile, `${trustAnchor}\n`);
  writeFileSync(
    configuration,
    unboundConfiguration({
      trustAnchorFile,
      stubs: [...servers].map(([zone, server]) => [zone, [server]]),
      more: [`directory: "${directory}"`, `local-zone: "${parent}." nodefault`],
    }),
  );
  return async (name: string) => {
    const { text } = await run("unbound-host", ["-C", configuration, "-v", "-t", "A", name]);
    return verdict(text, [
      [/\(BOGUS/, "bogus"],
      [/\(secure\)/, "secure"],
      [/\(insecure\)/, "insecure"],
    ]);
  };
}

function verdict(text: string, verdicts: readonly (readonly [RegExp, string])[]): string {
  return verdicts.find(([pattern]) => pattern.test(text))?.[1] ?? text;
}

/** Configures named to cache as little as it can, so that queries reach the emulator. */
function namedConfiguration(directory: string, resolver: string, { servers }: DelegationTree): string {
  const port = resolver.split(":")[1];
  return `
controls { };
options { directory "${directory}"; pid-file none; lock-file none; session-keyfile none;
  managed-keys-directory "${directory}"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion yes; dnssec-validation no; notify no; max-cache-ttl 0; max-ncache-ttl 0; };
${[...servers].map(forwardZone).join("\n")}
`;
}

function forwardZone([zone, server]: readonly [string, string]): string {
  const [host, port] = server.split(":");
  return `zone "${zone}" { type forward; forward only; forwarders { ${host} port ${port}; }; };`;
}
