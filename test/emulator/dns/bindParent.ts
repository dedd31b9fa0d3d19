import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { at, dig, run } from "./commands";
import { freePort } from "../../harness/freePort";
import { unboundConfiguration } from "../../harness/unbound";

export interface Child {
  readonly name: string;
  /** Where it is served. The parent delegates it in any case. */
  readonly server?: string;
}

/** BIND with a signed zone `test`, which takes updates, and as resolver of the children. */
export interface BindParent {
  readonly address: string;
  readonly keyName: string;
  readonly secret: string;
  /** What a client that trusts the parent's key says of an address: `secure`, `insecure` or `bogus`, or else its words. */
  delv(name: string): Promise<string>;
  unbound(name: string): Promise<string>;
  stop(): Promise<void>;
}

const patienceMs = 20_000;
const keyName = "ddns.example";
const secret = Buffer.alloc(32, "secret").toString("base64");

export async function startBindParent(children: readonly Child[]): Promise<BindParent> {
  const directory = mkdtempSync(path.join(tmpdir(), "bind-parent-"));
  const address = `127.0.0.1:${await freePort()}`;
  const configuration = path.join(directory, "named.conf");
  writeFileSync(configuration, configurationOf(directory, address, children));
  writeFileSync(path.join(directory, "test.db"), zoneFile(children));
  // The shell's input ends with this process, and named with the shell.
  const script = 'named -c "$0" -g -n 1 > named.out 2>&1 & read -r _; kill $!; wait';
  const shell = spawn("sh", ["-c", script, configuration], {
    cwd: directory,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const exited = once(shell, "exit");
  const stop = async () => {
    shell.stdin.end();
    await exited;
    rmSync(directory, { recursive: true });
  };
  try {
    const anchor = await signedKey(address, () => readFileSync(path.join(directory, "named.out"), "utf8"));
    const judges = writtenJudges(directory, address, children, anchor);
    return { address, keyName, secret, stop, ...judges };
  } catch (error) {
    await stop();
    throw error;
  }
}

function writtenJudges(
  directory: string,
  address: string,
  children: readonly Child[],
  anchor: string,
): Pick<BindParent, "delv" | "unbound"> {
  const trusted = path.join(directory, "anchor.delv");
  const [, , , , flags, protocol, algorithm, key] = anchor.split(" ");
  writeFileSync(
    trusted,
    `trust-anchors { "test." static-key ${flags} ${protocol} ${algorithm} "${key}"; };\n`,
  );
  const configuration = path.join(directory, "unbound.conf");
  writeFileSync(path.join(directory, "anchor.rr"), `${anchor}\n`);
  const served = children.flatMap(({ name, server }) =>
    server === undefined ? [] : [[name, [server]] as const],
  );
  writeFileSync(
    configuration,
    unboundConfiguration({
      trustAnchorFile: path.join(directory, "anchor.rr"),
      stubs: [["test", [address]], ...served],
      more: [`directory: "${directory}"`, 'local-zone: "test." nodefault'],
    }),
  );
  return {
    delv: async (name) => {
      const { text } = await run("delv", [...at(address), "-a", trusted, "+root=test", name, "A"]);
      return verdict(text, [
        [/^; fully validated/m, "secure"],
        [/^; unsigned answer/m, "insecure"],
        [/resolution failed: (broken trust chain|.*no valid|RRSIG )/m, "bogus"],
      ]);
    },
    unbound: async (name) => {
      const { text } = await run("unbound-host", ["-C", configuration, "-v", "-t", "A", name]);
      return verdict(text, [
        [/\(BOGUS/, "bogus"],
        [/\(secure\)/, "secure"],
        [/\(insecure\)/, "insecure"],
      ]);
    },
  };
}

function verdict(text: string, verdicts: readonly (readonly [RegExp, string])[]): string {
  return verdicts.find(([pattern]) => pattern.test(text))?.[1] ?? text;
}

/** Its key, once it is signed. */
async function signedKey(address: string, log: () => string): Promise<string> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const { answer } = await dig(address, "test", "DNSKEY", "+dnssec", "+timeout=1");
    if (answer.some((record) => record.includes(" RRSIG ")))
      return answer.find((record) => record.includes(" DNSKEY ")) ?? "";
    if (Date.now() > deadline) throw new Error(`named did not begin to answer:\n${log()}`);
    await sleep(20);
  }
}

function configurationOf(directory: string, address: string, children: readonly Child[]): string {
  const port = address.split(":")[1];
  return `
key "${keyName}" { algorithm hmac-sha256; secret "${secret}"; };
controls { };
dnssec-policy "bed" { keys { csk lifetime unlimited algorithm ecdsap256sha256; }; dnskey-ttl 5; max-zone-ttl 3600; };
options { directory "${directory}"; pid-file none; lock-file none; session-keyfile none; key-directory "${directory}";
  managed-keys-directory "${directory}"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion yes; dnssec-validation no; notify no; };
zone "test" { type primary; file "test.db"; dnssec-policy "bed"; inline-signing no;
  update-policy { grant ${keyName} zonesub ANY; }; };
${children.map(forwardZone).join("\n")}
`;
}

function forwardZone({ name, server }: Child): string {
  const [host, port] = server?.split(":") ?? [];
  if (host === undefined) return "";
  return `zone "${name}" { type forward; forward only; forwarders { ${host} port ${port}; }; };`;
}

function zoneFile(children: readonly Child[]): string {
  return `$TTL 5
@ SOA ns.test. hostmaster.test. 1 3600 600 86400 1
@ NS ns.test.
ns A 127.0.0.1
${children.map(({ name }) => `${name}. NS ns1.${name}.\nns1.${name}. A 127.0.0.1`).join("\n")}
`;
}
