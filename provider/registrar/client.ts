import type { Clock } from "../concurrency/clock";
import type { Ds } from "../dnssec/ds";
import type { Deadline } from "../concurrency/deadline";
import type { Change, FoundTask, Registrar, Submission } from "./registrar";
import { listingCall, submissionCall } from "./requests";
import { RegistrarFailure } from "../alicloud/errors";
import { Limiter } from "../alicloud/rateLimiter";
import { retried, type Pacing } from "../alicloud/retry";
import { SharedReads } from "./sharedReads";
import { Tasks } from "./taskQueries";
import {
  createTransport,
  type Timeouts,
  type Transport,
  type TransportSettings,
} from "../alicloud/transport";
import { dsRecordsOf, taskNoOf } from "./responses";

/** Where and as whom to ask, and what time and chance to go by. */
export interface RegistrarOptions {
  readonly settings: TransportSettings;
  readonly clock: Clock;
  /** From 0 up to 1, as `Math.random`. */
  readonly random: () => number;
  /** Of one HTTP call, by the machine's time. Default: 4 s for the connection, 10 s for the answer. */
  readonly timeouts?: Timeouts;
}

/**
 * The Domain API as the lifecycle needs it. One for each provider instance: calls for the same thing at the same time are
 * one call, and the account's rate limit is kept here. Two instances with one account's key, being two processes, have a
 * limit each, and both learn from throttling.
 */
export function createRegistrar({ settings, clock, random, timeouts }: RegistrarOptions): Registrar {
  return new Client(createTransport(settings, timeouts), { clock, random });
}

class Client implements Registrar {
  readonly #transport: Transport;
  readonly #pacing: Pacing;
  readonly #limiter: Limiter;
  readonly #listings: SharedReads<readonly Ds[] | undefined>;
  readonly #tasks: Tasks;

  constructor(transport: Transport, pacing: Pacing) {
    this.#transport = transport;
    this.#pacing = pacing;
    this.#limiter = new Limiter(pacing.clock);
    this.#listings = new SharedReads(this.#limiter, pacing.clock);
    this.#tasks = new Tasks(transport, this.#limiter, pacing);
  }

  /** A list that is missing is taken for an empty one only when it is so twice. */
  async list(domain: string, deadline: Deadline): Promise<readonly Ds[]> {
    return (await this.#read(domain, deadline)) ?? (await this.#read(domain, deadline)) ?? [];
  }

  async submit(domain: string, change: Change, deadline: Deadline): Promise<Submission> {
    const call = submissionCall(domain, change);
    const send = async () => {
      this.#listings.outdate(domain);
      return taskNoOf(await this.#transport.send(call, deadline.signal));
    };
    try {
      const taskNo = await this.#limiter.run(call.what, send, deadline);
      this.#tasks.claim(taskNo);
      return { outcome: "accepted", taskNo };
    } catch (error) {
      return unaccepted(error);
    } finally {
      this.#listings.outdate(domain);
    }
  }

  taskStatus(domain: string, taskNo: string, deadline: Deadline) {
    return this.#tasks.status(domain, taskNo, deadline);
  }

  runningTask(domain: string, deadline: Deadline): Promise<string | undefined> {
    return this.#tasks.running(domain, deadline);
  }

  unclaimedTasks(domain: string, deadline: Deadline): Promise<readonly FoundTask[] | undefined> {
    return this.#tasks.unclaimed(domain, deadline);
  }

  taskEnded(domain: string): void {
    this.#listings.outdate(domain);
  }

  #read(domain: string, deadline: Deadline): Promise<readonly Ds[] | undefined> {
    const call = listingCall(domain);
    const send = async () => dsRecordsOf(await this.#transport.send(call));
    const read = () => this.#listings.ask(domain, call.what, send, deadline);
    return retried(call.what, read, deadline, this.#pacing);
  }
}

/** @throws the error itself, when it says that nothing has happened and asking again would not help. */
function unaccepted(error: unknown): Submission {
  if (!(error instanceof RegistrarFailure)) throw error;
  const { disposition, effect, retrying } = error;
  if (disposition === "wait") return { outcome: "busy", failure: error };
  if (effect === "possible") {
    return { outcome: "uncertain", failure: error, isFinal: disposition === "fatal" };
  }
  if (disposition === "retry") return { outcome: "deferred", failure: error, ...retrying };
  throw error;
}
