import { toPredicate, type Filter } from "../log";
import { checkAction } from "../registrar/actions";
import { type ArrivedCall, type JournalEntry } from "./journal";

/** Selects calls to hold: those of an action, or those that a predicate accepts. */
export type ArrivalFilter = Filter<ArrivedCall>;

/** Options of `holdAnswer`. */
export interface HoldOptions {
  /** Which matching call to hold, counted from now. Default: 1, the next one. */
  readonly count?: number;
  /** Whether to hold the call before or after its effect. Default: `"after"`. */
  readonly when?: "before" | "after";
}

/** A call to be held. */
export interface HeldAnswer {
  /**
   * Resolves when the call is held; with `"after"`, it has had its effect. Rejects if the emulator
   * closes first.
   */
  readonly arrived: Promise<ArrivedCall>;
  /**
   * Resolves with the call's journal entry when the call is answered, or dropped because its client
   * left: then the status is 0. Rejects if the emulator closes first.
   */
  readonly ended: Promise<JournalEntry>;
  /**
   * Lets the call continue; one that has not arrived yet will pass. Calling it again has no effect.
   */
  release(): void;
}

class Hold {
  readonly when: "before" | "after";
  readonly arrived = createDeferred<ArrivedCall>();
  readonly released = createDeferred<true>();
  readonly #matches: (call: ArrivedCall) => boolean;
  #remaining: number;

  constructor(filter: ArrivalFilter, { count = 1, when = "after" }: HoldOptions) {
    if (typeof filter === "string") checkAction(filter);
    if (!(Number.isInteger(count) && count >= 1)) {
      throw new RangeError(`count is ${count}, but calls are counted from 1.`);
    }
    this.#matches = toPredicate(filter, ({ action }) => action);
    this.#remaining = count;
    this.when = when;
  }

  /** Counts a call. Returns whether it is the one to hold. */
  catches(call: ArrivedCall): boolean {
    if (!this.#matches(call)) return false;
    this.#remaining -= 1;
    return this.#remaining === 0;
  }
}

/** The holds of a running emulator. */
export class Holds {
  /** Holds whose call has not arrived. */
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
   * Counts a call. Returns a function that holds the call at a point if a hold asks for it. That
   * function resolves with false if the client left meanwhile.
   *
   * @param left Resolves when the client leaves.
   */
  catchCall(call: ArrivedCall, left: Promise<void>): (when: "before" | "after") => Promise<boolean> {
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

function createDeferred<T>(): Deferred<T> {
  let settle: Omit<Deferred<T>, "promise"> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // A test that fails before it awaits this should fail for its own reason.
  promise.catch(() => undefined);
  if (!settle) throw new Error("The executor of a promise runs at once.");
  return { promise, ...settle };
}
