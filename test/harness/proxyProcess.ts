import path from "node:path";
import { hermeticEnvironment, repositoryRoot } from "./environment";
import { RunningCommand } from "./runningCommand";

export interface ProxyOptions {
  /** Destinations of CONNECT requests by "host:port". Default: the same. */
  readonly routes?: Readonly<Record<string, string>>;
  /** The required "user:password". */
  readonly credentials?: string;
  /** Conduct instead of a connection, as an HTTP status or a name in `proxyServer.mjs`. */
  readonly conduct?: string;
}

/** An HTTP proxy in a process of its own, on 127.0.0.1. */
export class ProxyProcess {
  readonly port: number;
  readonly #command: RunningCommand;

  private constructor(command: RunningCommand, port: number) {
    this.#command = command;
    this.port = port;
  }

  static async start(options: ProxyOptions = {}): Promise<ProxyProcess> {
    const file = path.join(__dirname, "proxyServer.mjs");
    const command = new RunningCommand(process.execPath, [file, JSON.stringify(options)], {
      cwd: repositoryRoot,
      env: hermeticEnvironment(),
    });
    const [, port = ""] = await command.waitForOutput(/^(\d+)\n/);
    return new ProxyProcess(command, Number(port));
  }

  /** Target and outcome of every CONNECT so far. */
  get log(): string[] {
    return this.#command.stdout.split("\n").slice(1).filter(Boolean);
  }

  /** Waits for the first CONNECT. Its line may arrive after the client's answer. */
  async waitForLog(): Promise<string[]> {
    await this.#command.waitForOutput(/^\d+\n.*\n/);
    return this.log;
  }

  async stop(): Promise<void> {
    this.#command.signal("SIGKILL");
    await this.#command.waitForExit();
  }
}
