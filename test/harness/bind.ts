import { writeFileSync } from "node:fs";
import path from "node:path";
import { hermeticEnvironment } from "./environment";
import { freePort } from "./freePort";
import { RunningCommand } from "./runningCommand";

/** A `named` on 127.0.0.1, over UDP and TCP. */
export interface Bind {
  readonly port: number;
  stop(): Promise<void>;
}

export interface BindSetUp {
  /** The folder of its files, which exists. */
  readonly directory: string;
  /** Further lines of the section `options`. */
  readonly options?: readonly string[];
  /** Further statements, for instance `zone "test" { type primary; file "test.db"; };`. */
  readonly statements: readonly string[];
}

const maxStartSeconds = 20;

/** Starts BIND and waits until it has loaded its zones. It ends with this process in any case. */
export async function startBind({ directory, options = [], statements }: BindSetUp): Promise<Bind> {
  const port = await freePort();
  const configuration = path.join(directory, "named.conf");
  const lines = [
    `directory "${directory}"; managed-keys-directory "${directory}";`,
    "pid-file none; lock-file none; session-keyfile none;",
    `listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };`,
    "dnssec-validation no; notify no;",
    ...options,
  ];
  const text = ["controls { };", "options {", ...lines, "};", ...statements, ""];
  writeFileSync(configuration, text.join("\n"));
  // The shell's input ends with this process, and then the shell ends named.
  const script = 'named -c "$0" -g -n 1 & read -r _; kill $!; wait';
  const named = new RunningCommand("sh", ["-c", script, configuration], {
    cwd: directory,
    env: hermeticEnvironment(),
    stdin: "pipe",
  });
  const stop = async () => {
    named.process.stdin?.end();
    await named.exited;
  };
  try {
    await named.waitForOutput(/ running$/m, maxStartSeconds);
    return { port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
