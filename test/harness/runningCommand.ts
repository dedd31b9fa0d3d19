import { spawn, type ChildProcess } from "node:child_process";
import type { Environment } from "./environment";

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface StartOptions {
  cwd: string;
  env: Environment;
  /** A pipe is what a plugin gets from the CLI; it closes when this process ends. */
  stdin?: "ignore" | "pipe";
}

/**
 * Maximum wait for late output after a command has ended, in ms. Its descendants can hold the
 * pipes.
 */
const lateOutputMs = 1_000;

/** A child process in its own group. Collects the output and can wait for it. */
export class RunningCommand {
  readonly process: ChildProcess;
  readonly exited: Promise<Exit>;
  stdout = "";
  stderr = "";
  private readonly title: string;
  private readonly onOutput = new Set<() => void>();

  constructor(file: string, commandArguments: string[], { cwd, env, stdin = "ignore" }: StartOptions) {
    this.title = [file, ...commandArguments].join(" ");
    this.process = spawn(file, commandArguments, {
      cwd,
      env,
      detached: true,
      stdio: [stdin, "pipe", "pipe"],
    });
    this.process.stdout?.setEncoding("utf8").on("data", (text: string) => this.collect("stdout", text));
    this.process.stderr?.setEncoding("utf8").on("data", (text: string) => this.collect("stderr", text));
    this.exited = this.watchExit();
    void this.exited.then(
      () => this.notify(),
      () => this.notify(),
    );
  }

  get output(): string {
    return this.stdout + this.stderr;
  }

  /** Resolves with the match as soon as the output so far contains one. */
  async waitForOutput(pattern: RegExp, timeoutSeconds = 60): Promise<RegExpExecArray> {
    let stop = (): void => undefined;
    const found = new Promise<RegExpExecArray>((resolve, reject) => {
      const look = (): void => {
        const match = new RegExp(pattern).exec(this.output);
        if (match) resolve(match);
        else if (this.hasEnded) reject(this.failure(`it ended without printing ${pattern}`));
      };
      this.onOutput.add(look);
      stop = () => this.onOutput.delete(look);
      look();
    });
    try {
      return await this.within(found, timeoutSeconds, `printed no ${pattern}`);
    } finally {
      stop();
    }
  }

  async waitForExit(timeoutSeconds = 60): Promise<Exit> {
    return this.within(this.exited, timeoutSeconds, "did not end");
  }

  /** Sends a signal to this process alone, not to its children. */
  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** Sends a signal to this process and its group, as a terminal does. */
  signalGroup(signal: NodeJS.Signals): void {
    if (this.process.pid !== undefined) process.kill(-this.process.pid, signal);
  }

  failure(what: string): Error {
    return new Error(`${this.title}: ${what}\n--- stdout\n${this.stdout}\n--- stderr\n${this.stderr}`);
  }

  private get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  private collect(stream: "stdout" | "stderr", text: string): void {
    this[stream] += text;
    this.notify();
  }

  private notify(): void {
    for (const look of this.onOutput) look();
  }

  private watchExit(): Promise<Exit> {
    return new Promise((resolve, reject) => {
      this.process.on("error", reject);
      this.process.on("close", (code, signal) => resolve({ code, signal }));
      this.process.on("exit", (code, signal) => {
        setTimeout(() => resolve({ code, signal }), lateOutputMs).unref();
      });
    });
  }

  private async within<Result>(promise: Promise<Result>, seconds: number, what: string): Promise<Result> {
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.failure(`${what} within ${seconds} s`)), seconds * 1000);
    });
    try {
      return await Promise.race([promise, expired]);
    } finally {
      clearTimeout(timer);
    }
  }
}
