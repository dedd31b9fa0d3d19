import { actionNames, perform, submissionActions } from "./actions";
import { type Authentication } from "./authentication";
import { type Body } from "./call";
import { type Clock } from "./clock";
import { type Domains } from "./domains";
import { ApiError, missingParameter } from "./errors";
import { type Answer } from "./faultKinds";
import { type FaultSet, type Struck } from "./faults";
import { type Journal } from "./journal";
import { type Params } from "./signature";
import { type Tasks } from "./tasks";

/** The two products that have the DS actions: Domain, and Domain-intl. */
const versions = ["2018-01-29", "2017-12-18"];

export interface ApiParts {
  readonly authentication: Authentication;
  readonly domains: Domains;
  readonly tasks: Tasks;
  readonly clock: Clock;
  readonly faults: FaultSet;
  readonly journal: Journal;
  readonly newId: () => string;
  /** Saves what a call may have changed. */
  readonly save: () => void;
}

interface Outcome {
  readonly answer: Answer;
  readonly code?: string;
  readonly taskNo?: string;
}

/** A call that cannot be read is refused like any other, by its `problem`. */
export interface Received {
  readonly method: string;
  readonly params: Params;
  readonly problem?: ApiError;
}

/** The API without its HTTP: from a call's parameters to what goes back. */
export class Api {
  readonly #parts: ApiParts;
  #calls = 0;

  constructor(parts: ApiParts) {
    this.#parts = parts;
  }

  /** @returns the answer, and what enters it into the journal: to be called when it is sent. */
  handle(received: Received): { answer: Answer; requestId: string; answered: () => void } {
    const { clock, journal, newId } = this.#parts;
    const requestId = newId().toUpperCase();
    const arrival = {
      n: (this.#calls += 1),
      at: clock.now(),
      ...journal.described(received.params),
      requestId,
    };
    const { answer, ...noted } = this.#outcome(received, requestId);
    const status = answer.reset ? 0 : answer.status;
    return { answer, requestId, answered: () => journal.record({ ...arrival, status, ...noted }) };
  }

  #outcome({ method, params, problem }: Received, requestId: string): Outcome {
    try {
      if (problem) throw problem;
      const action = this.#admitted(method, params);
      return this.#underFaults(action, params, requestId);
    } catch (error) {
      return refused(asApiError(error), requestId);
    }
  }

  /** @returns the action. */
  #admitted(method: string, params: Params): string {
    const action = params.get("Action");
    const version = params.get("Version");
    if (!action) throw missingParameter("Action");
    if (!version) throw missingParameter("Version");
    if (!versions.includes(version)) throw new ApiError("NoSuchVersion");
    if (!actionNames.includes(action)) throw new ApiError("InvalidApi.NotFound");
    this.#parts.authentication.verify(method, params);
    return action;
  }

  #underFaults(action: string, params: Params, requestId: string): Outcome {
    const { faults, tasks } = this.#parts;
    const domain = params.get("DomainName") ?? tasks.find(params.get("TaskNo") ?? "")?.domain;
    const struck = faults.strike(action, domain);
    const undone = struck.instead && !struck.instead.effect;
    const done = undone ? undefined : this.#performed(action, params, struck, requestId);
    const { taskNo } = done ?? {};
    const shown = struck.instead ? replaced(struck.instead.answer, requestId) : done;
    if (!shown) throw new Error("A call was neither carried out nor refused.");
    const { answer, code } = shown;
    return {
      answer: struck.damage(answer),
      ...(code !== undefined && { code }),
      ...(taskNo !== undefined && { taskNo }),
    };
  }

  #performed(action: string, params: Params, struck: Struck, requestId: string): Outcome {
    const { domains, tasks, clock, save } = this.#parts;
    try {
      tasks.settle();
      const body = perform(action, { params, domains, tasks, clock, traits: struck.traits });
      const taskNo = submissionActions.includes(action) ? String(body["TaskNo"]) : undefined;
      const answer = json(200, struck.rewrite({ RequestId: requestId, ...body }));
      return { answer, ...(taskNo !== undefined && { taskNo }) };
    } catch (error) {
      return refused(asApiError(error), requestId);
    } finally {
      save();
    }
  }
}

function replaced(answer: Answer | ApiError, requestId: string): Outcome {
  return answer instanceof ApiError ? refused(answer, requestId) : { answer };
}

function refused({ code, message, status }: ApiError, requestId: string): Outcome {
  const body = {
    RequestId: requestId,
    HostId: "domain.aliyuncs.com",
    Code: code,
    Message: message,
    Recommend: `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(code)}&product=Domain&requestId=${requestId}`,
  };
  return { answer: json(status, body), code };
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  throw error;
}

function json(status: number, body: Body): Answer {
  return { status, contentType: "application/json;charset=utf-8", text: JSON.stringify(body) };
}
