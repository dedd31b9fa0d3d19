import { ApiFailure } from "../alicloud/errors";
import { RateLimiter } from "../alicloud/rateLimiter";
import { retry, type Pacing } from "../alicloud/retry";
import type { Timeouts, Transport } from "../alicloud/transport";
import type { Clock } from "../concurrency/clock";
import type { Deadline } from "../concurrency/deadline";
import type { Ds } from "../dnssec/ds";
import { connectDomainApi, domainApi, type RegistrarSettings } from "./domainApi";
import type { Change, FoundTask, Registrar, Submission, TaskStatus } from "./registrar";
import { listingCall, submissionCall } from "./requests";
import { dsRecordsOf, taskNoOf } from "./responses";
import { SharedReads } from "./sharedReads";
import { TaskQueries } from "./taskQueries";

export interface RegistrarOptions {
  readonly settings: RegistrarSettings;
  readonly clock: Clock;
  /** Returns a number from 0 up to 1, as `Math.random` does. */
  readonly random: () => number;
  /**
   * Time-outs of one HTTP call, by the machine's time. Default: 4 s for the connection, 10 s for
   * the answer.
   */
  readonly timeouts?: Timeouts;
}

/**
 * Returns a client of the Domain API. There is one for each provider instance: it joins
 * simultaneous calls for the same thing, and keeps the account's rate limit. Two instances with
 * keys of one account run in two processes, so each has its own limit, and both slow down when the
 * account is throttled.
 */
export function createRegistrar({ settings, clock, random, timeouts }: RegistrarOptions): Registrar {
  return new Client(connectDomainApi(settings, timeouts), { clock, random });
}

class Client implements Registrar {
  readonly #transport: Transport;
  readonly #pacing: Pacing;
  readonly #limiter: RateLimiter;
  readonly #listings: SharedReads<readonly Ds[] | undefined>;
  readonly #tasks: TaskQueries;

  constructor(transport: Transport, pacing: Pacing) {
    this.#transport = transport;
    this.#pacing = pacing;
    this.#limiter = new RateLimiter(domainApi, pacing.clock);
    this.#listings = new SharedReads(this.#limiter, pacing.clock);
    this.#tasks = new TaskQueries(transport, this.#limiter, pacing);
  }

  /** Treats a missing list as empty only if it is missing twice. */
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
      return outcomeOf(error);
    } finally {
      this.#listings.outdate(domain);
    }
  }

  taskStatus(domain: string, taskNo: string, deadline: Deadline): Promise<TaskStatus> {
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
    return retry(call.what, read, deadline, this.#pacing);
  }
}

/**
 * Returns the outcome of a submission that was not accepted.
 *
 * @throws the error itself, when nothing has happened and asking again would not help.
 */
function outcomeOf(error: unknown): Submission {
  if (!(error instanceof ApiFailure)) throw error;
  const { disposition, effect, retrying } = error;
  if (disposition === "wait") return { outcome: "busy", failure: error };
  if (effect === "possible") {
    return { outcome: "uncertain", failure: error, isFinal: disposition === "fatal" };
  }
  if (disposition === "retry") return { outcome: "deferred", failure: error, ...retrying };
  throw error;
}
