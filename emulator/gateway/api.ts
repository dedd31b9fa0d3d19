import { actionNames, perform, submissionActions } from "../registrar/actions";
import { jsonAnswer, resetAnswer, type Answer } from "../wire/answer";
import { type Authentication } from "./authentication";
import { type Account } from "../registrar/account";
import { translateBody, translateText } from "../wire/chinese";
import { type Clock } from "../clock";
import { type Domains } from "../registrar/domains";
import { ApiError, missingParameter } from "../wire/errors";
import { type FaultSet, type Struck } from "../control/faults";
import { type Holds } from "../control/holds";
import { type ArrivedCall, type Journal } from "../control/journal";
import { type RateLimit } from "./rateLimit";
import { type Params } from "../wire/signature";
import { type Tasks } from "../registrar/tasks";

/** Versions of the two products with DS actions: Domain, and Domain-intl. */
const versions = ["2018-01-29", "2017-12-18"];

export interface ApiParts {
  readonly authentication: Authentication;
  readonly limit: RateLimit;
  readonly domains: Domains;
  readonly tasks: Tasks;
  readonly clock: Clock;
  readonly faults: FaultSet;
  readonly holds: Holds;
  readonly journal: Journal;
  readonly newId: () => string;
  /** Saves the changes of a call. */
  readonly save: () => void;
}

/** A call that passed authentication and the rate limit. */
interface Admitted {
  readonly action: string;
  readonly params: Params;
  readonly account: Account;
  readonly arrival: ArrivedCall;
}

interface Outcome {
  readonly answer: Answer;
  readonly code?: string;
  readonly taskNo?: string;
}

/** A call as it was received. One with a `problem` is refused. */
export interface Received {
  readonly method: string;
  readonly params: Params;
  readonly problem?: ApiError;
}

/** The API without HTTP: turns the parameters of a call into an answer. */
export class Api {
  readonly #parts: ApiParts;
  #calls = 0;

  constructor(parts: ApiParts) {
    this.#parts = parts;
  }

  /**
   * Answers a call.
   *
   * @param left Resolves when the client leaves.
   * @returns The answer, and `record`, which adds the journal entry. The caller runs it when it
   *   sends the answer.
   */
  async handle(
    received: Received,
    left: Promise<void>,
  ): Promise<{ answer: Answer; requestId: string; record: () => void }> {
    const { clock, journal, newId } = this.#parts;
    const requestId = newId().toUpperCase();
    const arrival: ArrivedCall = {
      n: (this.#calls += 1),
      at: clock.now(),
      ...journal.describe(received.params),
      requestId,
    };
    const { answer, ...result } = await this.#resolve(received, arrival, left);
    const status = answer.unsent ? 0 : answer.status;
    return { answer, requestId, record: () => journal.record({ ...arrival, status, ...result }) };
  }

  async #resolve(received: Received, arrival: ArrivedCall, left: Promise<void>): Promise<Outcome> {
    try {
      return await this.#carryOut(this.#admit(received, arrival), left);
    } catch (error) {
      return refuse(toApiError(error), arrival.requestId, received.params);
    }
  }

  #admit({ method, params, problem }: Received, arrival: ArrivedCall): Admitted {
    if (problem) throw problem;
    const action = params.get("Action");
    const version = params.get("Version");
    if (!action) throw missingParameter("Action");
    if (!version) throw missingParameter("Version");
    if (!versions.includes(version)) throw new ApiError("NoSuchVersion");
    if (!actionNames.includes(action)) throw new ApiError("InvalidApi.NotFound");
    const account = this.#parts.authentication.verify(method, params);
    this.#parts.limit.admit(account.accessKeyId, arrival.at);
    return { action, params, account, arrival };
  }

  /** Carries out a call, unless its client leaves while the call is held. */
  async #carryOut(call: Admitted, left: Promise<void>): Promise<Outcome> {
    const passes = this.#parts.holds.catchCall(call.arrival, left);
    if (!(await passes("before"))) return { answer: resetAnswer };
    const outcome = this.#applyFaults(call);
    return (await passes("after")) ? outcome : { ...outcome, answer: resetAnswer };
  }

  #applyFaults(call: Admitted): Outcome {
    const { action, params, arrival } = call;
    const { faults, tasks } = this.#parts;
    const domain = params.get("DomainName") ?? tasks.find(params.get("TaskNo") ?? "")?.domain;
    const struck = faults.strike(action, domain);
    const hasEffect = struck.instead?.effect ?? true;
    const performed = hasEffect ? this.#perform(call, struck) : undefined;
    const { taskNo } = performed ?? {};
    const outcome = struck.instead ? toOutcome(struck.instead.answer, arrival.requestId, params) : performed;
    if (!outcome) throw new Error("The call was neither carried out nor refused.");
    const { answer, code } = outcome;
    return {
      answer: struck.damage(answer),
      ...(code !== undefined && { code }),
      ...(taskNo !== undefined && { taskNo }),
    };
  }

  #perform({ action, params, account, arrival: { requestId } }: Admitted, struck: Struck): Outcome {
    const { domains, tasks, clock, save } = this.#parts;
    try {
      tasks.settle();
      const result = perform(action, { params, account, domains, tasks, clock, traits: struck.traits });
      const body = translateBody(params, result);
      const taskNo = submissionActions.includes(action) ? String(body["TaskNo"]) : undefined;
      const answer = jsonAnswer(200, struck.rewrite({ RequestId: requestId, ...body }));
      return { answer, ...(taskNo !== undefined && { taskNo }) };
    } catch (error) {
      return refuse(toApiError(error), requestId, params);
    } finally {
      save();
    }
  }
}

function toOutcome(answer: Answer | ApiError, requestId: string, params: Params): Outcome {
  return answer instanceof ApiError ? refuse(answer, requestId, params) : { answer };
}

function refuse({ code, message, status }: ApiError, requestId: string, params: Params): Outcome {
  const body = {
    RequestId: requestId,
    HostId: "domain.aliyuncs.com",
    Code: code,
    Message: translateText(params, message),
    Recommend: `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(code)}&product=Domain&requestId=${requestId}`,
  };
  return { answer: jsonAnswer(status, body), code };
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  throw error;
}
