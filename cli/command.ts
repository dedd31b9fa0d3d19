/** Output and lifetime of a command, so that tests can run it in their own process. */
export interface CommandIo {
  /** Writes to the standard output. */
  readonly out: (text: string) => void;
  /** Writes to the standard error. */
  readonly error: (text: string) => void;
  /** Aborted to stop the command. */
  readonly stop: AbortSignal;
}

/** A command such as `emulator`. */
export interface Command {
  /** Help text. */
  readonly usage: string;
  /**
   * Runs the command. Returns the exit code.
   *
   * @param args Arguments after the command's name.
   * @throws {UsageError} for arguments that the command does not accept.
   */
  readonly run: (args: readonly string[], io: CommandIo) => Promise<number>;
}

/** A mistake in the command line. It is printed without a stack, and the exit code is 2. */
export class UsageError extends Error {}
