import { actionNames } from "../registrar/actions";
import { predicate, type ArrivedCall, type JournalEntry } from "./journal";

/** Which calls to hold: those of an action, or those that a predicate accepts. */
export type ArrivalFilter = string | ((call: ArrivedCall) => boolean);

export interface HoldOptions {
  /** The nth matching call from now on. Default: 1. */
  readonly count?: number;
  /** Whether the call is stopped before it has had its effect, or after. Default: `"after"`. */
  readonly when?: "before" | "after";
}

/** A call that is to be stopped on its way. */
export interface HeldAnswer {
  /** Resolves when the call is stopped; with `"after"`, its effect is there. Rejects when the emulator is closed before. */
  readonly arrived: Promise<ArrivedCall>;
  /**
   * Resolves with the call's entry in the journal when it was answered, or was dropped since its client had left: then
   * its status is 0. Rejects when the emulator is closed before.
   */
  readonly ended: Promise<JournalEntry>;
  /** Lets the call go on; one that has not come yet will not be stopped. A second time, it does nothing. */
  release(): void;
}

/** One call that is waited for. */
class Hold {
  readonly when: "before" | "after";
  readonly arrived = deferred<ArrivedCall>();
  readonly released = deferred<true>();
  readonly #matches: (call: ArrivedCall) => boolean;
  #toCome: number;

  constructor(filter: ArrivalFilter, { count = 1, when = "after" }: HoldOptions) {
    if (typeof filter === "string" && !actionNames.includes(filter)) {
      throw new TypeError(`The emulator has no action ${JSON.stringify(filter)}.`);
    }
    if (!(Number.isInteger(count) && count >= 1)) {
      throw new RangeError(`Calls are counted from 1: ${count} is none.`);
    }
    this.#matches = predicate(filter);
    this.#toCome = count;
    this.when = when;
  }

  /** Counts a call. @returns whether it is the one. */
  catches(call: ArrivedCall): boolean {
    if (!this.#matches(call)) return false;
    this.#toCome -= 1;
    return this.#toCome === 0;
  }
}

/** The calls that tests have asked to stop. */
export class Holds {
  /** Those whose call has not been stopped yet. */
  readonly #pending = new Set<Hold>();

  /** @throws {TypeError | RangeError} for a hold that could never catch a call. */
  add(filter: ArrivalFilter, options: HoldOptions): Pick<HeldAnswer, "arrived" | "release"> {
    const hold = new Hold(filter, options);
    this.#pending.add(hold);
    return {
      arrived: hold.arrived.promise,
      release: () => {
        hold.released.resolve(true);
      },
    };
  }

  /**
   * Counts a call.
   *
   * @param left Resolves when the call's client has left.
   * @returns what stops the call at a point of its way, if anything is to, and says whether it may go on: not when its
   *   client has left meanwhile.
   */
  caught(call: ArrivedCall, left: Promise<void>): (when: "before" | "after") => Promise<boolean> {
    const holds = [...this.#pending].filter((hold) => hold.catches(call));
    return async (when) => {
      const here = holds.filter((hold) => hold.when === when);
      if (here.length === 0) return true;
      for (const hold of here) this.#stop(hold, call);
      const released = Promise.all(here.map((hold) => hold.released.promise));
      return Promise.race([released.then(() => true), left.then(() => false)]);
    };
  }

  close(): void {
    for (const { arrived } of this.#pending) {
      arrived.reject(new Error("The emulator was closed before the call came."));
    }
    this.#pending.clear();
  }

  #stop(hold: Hold, call: ArrivedCall): void {
    this.#pending.delete(hold);
    hold.arrived.resolve(call);
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

function deferred<T>(): Deferred<T> {
  let settle: Omit<Deferred<T>, "promise"> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // A test that fails before it awaits this should fail for its own reason.
  promise.catch(() => undefined);
  if (!settle) throw new Error("A promise is made at once.");
  return { promise, ...settle };
}
