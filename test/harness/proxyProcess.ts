import path from "node:path";
import { hermeticEnvironment, repositoryRoot } from "./environment";
import { RunningCommand } from "./runningCommand";

export interface ProxyOptions {
  /** Where "host:port" of a CONNECT leads to; by default there. */
  readonly routes?: Readonly<Record<string, string>>;
  /** "user:password" that it wants. */
  readonly credentials?: string;
  /** What it does instead of opening a connection: an HTTP status, or one of `proxyServer.mjs`. */
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

  /** Every CONNECT so far: the target, and what became of it. */
  get log(): string[] {
    return this.#command.stdout.split("\n").slice(1).filter(Boolean);
  }

  /** Waits for the first CONNECT. Its line may come after the answer that the client has got. */
  async waitForLog(): Promise<string[]> {
    await this.#command.waitForOutput(/^\d+\n.*\n/);
    return this.log;
  }

  async stop(): Promise<void> {
    this.#command.signal("SIGKILL");
    await this.#command.waitForExit();
  }
}
