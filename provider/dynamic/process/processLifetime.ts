import { fstatSync } from "node:fs";
import { DsRecordError } from "../../errors";

/** How long an orphaned process may still live, in milliseconds. */
const longestMs = 15_000;

/** Counts the calls in flight, so that an orphaned process can leave as soon as none is. */
export interface Life {
  during<T>(call: () => Promise<T>): Promise<T>;
}

/**
 * Ends this process when its CLI is gone, for nobody would hear of what it still does. A killed CLI shows as the end of
 * standard input and in no other way: a shell stands between, so that the parent's pid stays, and the engine sends a
 * SIGINT at the end of every operation, so that one says nothing. Waits end at once; an HTTP request in flight may
 * finish.
 *
 * Acts in Pulumi's dynamic provider process alone, and only where standard input is a pipe: elsewhere it may be at its
 * end from the start.
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
      setTimeout(() => exit(1), longestMs).unref();
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
        // Not at once: the answer is still to be sent, should somebody listen after all.
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
