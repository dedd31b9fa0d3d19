import { fstatSync } from "node:fs";
import { DsRecordError } from "../../errors";

/** Maximum life of an orphaned process, in ms. */
const maxOrphanMs = 15_000;

/** Counts the calls under way, so that an orphaned process can end as soon as there are none. */
export interface Life {
  /** Runs a call, and counts it until it ends. */
  during<T>(call: () => Promise<T>): Promise<T>;
}

/**
 * Ends this process when its CLI is gone and cannot receive results any more. A killed CLI shows
 * only as the end of standard input: a shell is the parent, so the parent's pid stays, and the
 * engine sends a SIGINT at the end of every operation, so a SIGINT proves nothing. Waits end at
 * once; an HTTP request under way may finish.
 *
 * Acts only in Pulumi's dynamic provider process, and only where standard input is a pipe:
 * elsewhere it may have ended from the start.
 *
 * @param onOrphaned Ends the waits with a `DsRecordError` PROCESS_ORPHANED.
 */
export function watchLife(
  onOrphaned: (reason: DsRecordError) => void,
  exit: (code: number) => void = process.exit,
): Life {
  let inFlight = 0;
  let orphaned = false;
  const leaveIfIdle = () => {
    if (orphaned && inFlight === 0) exit(1);
  };
  if (isProviderProcess() && hasPipeForInput()) {
    process.stdin.on("end", () => {
      orphaned = true;
      onOrphaned(new DsRecordError("PROCESS_ORPHANED", "The Pulumi CLI that asked for this has ended."));
      setTimeout(() => exit(1), maxOrphanMs).unref();
      leaveIfIdle();
    });
    process.stdin.on("error", () => undefined);
    process.stdin.resume();
    process.stdin.unref();
  }
  return {
    async during(call) {
      inFlight += 1;
      try {
        return await call();
      } finally {
        inFlight -= 1;
        // Ends later, so that the answer is still sent.
        if (orphaned) setImmediate(leaveIfIdle);
      }
    },
  };
}

function isProviderProcess(): boolean {
  return /[\\/]cmd[\\/]dynamic-provider(?:[\\/]|$)/.test(process.argv[1] ?? "");
}

function hasPipeForInput(): boolean {
  try {
    const input = fstatSync(0);
    // Node's own child_process makes its pipes of sockets.
    return input.isFIFO() || input.isSocket();
  } catch {
    return false;
  }
}
