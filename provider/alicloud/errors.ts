import { DsRecordError, type ErrorCode, type ErrorDetails } from "../errors";
import type { Api } from "./api";
import { connectionErrorOf } from "./connectionErrors";
import { isLoopback } from "./loopback";
import type { ProxyFailure } from "./proxy";

/** What a failure means for the caller. */
export interface Meaning {
  /**
   * `retry`: ask again. `wait`: another change is in progress, look again later. `fatal`: asking
   * again will not help.
   */
  readonly disposition: "retry" | "wait" | "fatal";
  /** Whether a writing call can have taken effect. */
  readonly effect: "none" | "possible";
  /** Whether the account asks too often. */
  readonly throttles?: boolean;
  /** Whether the access key or its token was rejected, so that a renewed one may be accepted. */
  readonly rejectsKey?: boolean;
}

/** How to report a failure while the call is tried again, and how long to try. */
export interface Retrying {
  /** One or two words for the user: "ECONNREFUSED", "Throttling.User", "proxy HTTP 407". */
  readonly cause: string;
  /** Maximum time for further tries, in ms. By default, only the caller's time limits them. */
  readonly maxRetryMs?: number;
}

/** A call without a usable answer. No part of it holds a credential. */
export class ApiFailure extends DsRecordError {
  readonly disposition: Meaning["disposition"];
  readonly effect: Meaning["effect"];
  readonly throttles: boolean;
  readonly rejectsKey: boolean;
  readonly retrying: Required<Retrying>;

  constructor(
    code: ErrorCode,
    message: string,
    { disposition, effect, throttles = false, rejectsKey = false }: Meaning,
    details: ErrorDetails = {},
    retrying: Retrying = { cause: "no answer" },
  ) {
    super(code, message, details);
    this.disposition = disposition;
    this.effect = effect;
    this.throttles = throttles;
    this.rejectsKey = rejectsKey;
    this.retrying = { maxRetryMs: Infinity, ...retrying };
  }

  /**
   * Returns a copy that says how often the call was tried. It is a copy because callers that share
   * a call may each add to their error.
   *
   * @param hadTime Whether the caller had time for another try, so that the failure itself set the
   *   limit.
   */
  afterTries(tries: number, ms: number, hadTime: boolean): ApiFailure {
    const limit = hadTime ? ", the limit for this failure" : "";
    const tried = tries > 1 ? ` Tried ${tries} times in ${Math.round(ms / 1000)} s${limit}.` : "";
    return new ApiFailure(this.code, this.message + tried, this, this.details, this.retrying);
  }

  /**
   * Returns the failure as it counts after an earlier answer of the API. The address is right then,
   * so a connection that fails now may work again at any time.
   */
  ofReachable(): ApiFailure {
    const isAnswer = this.details.apiCode !== undefined;
    if (isAnswer || this.effect === "possible") return this;
    const meaning = { disposition: "retry", effect: this.effect } as const;
    return new ApiFailure(this.code, this.message, meaning, this.details, { cause: this.retrying.cause });
  }
}

/** A call, as errors about it describe it. */
export interface Asked {
  readonly api: Api;
  /** Name of the API's action. */
  readonly action: string;
  /** Description that begins a sentence: "Reading the records of example.com". */
  readonly what: string;
  /** Host and port of the endpoint. */
  readonly host: string;
  /** Host and port of the proxy, if there is one. */
  readonly proxy?: string;
  /** Description of the access key: "access key …WXYZ from Pulumi config alicloud-dnssec". */
  readonly key: string;
  /**
   * Whether the call changes something, so that after an unclear answer it may have taken effect.
   */
  readonly writes: boolean;
  /** Facts about the call that its errors carry as data. */
  readonly details?: ErrorDetails;
}

/** The facts of an answer, whatever its body. */
export interface Answered {
  /** HTTP status. */
  readonly status: number;
  readonly requestId?: string;
}

/** The API's own words for a refusal, scrubbed. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** Returns the error for an answer with an error code. */
export function refusalError(asked: Asked, answered: Answered, { code, message }: Refusal): ApiFailure {
  const { api, host, key } = asked;
  const meaning = api.meaningOf(code);
  const words = message === "" || meaning.quotesRequest ? code : `${code}: ${message}`;
  return new ApiFailure(
    api.codes.refused,
    sentences(
      `${whatOf(asked)} was refused by ${host}: ${withoutFullStop(words)} (${numbersOf(answered)}).`,
      doubtOf(asked, meaning),
      meaning.concernsKey && `The request used ${key}.`,
      meaning.concernsEndpoint ? api.wrongEndpoint : meaning.advice,
    ),
    meaning,
    detailsOf(asked, answered, code),
    { cause: code },
  );
}

/**
 * Returns the error for a call that got no answer, or only a part of one.
 *
 * @param code Node's error code; any other text stands for an unknown reason.
 * @param connected Whether there was a connection, so that the request may have been received.
 */
export function noAnswerError(asked: Asked, code: string, connected: boolean): ApiFailure {
  const { words, maxRetryMs, concernsTls = false } = connectionErrorOf(code);
  const meaning: Meaning = {
    disposition: concernsTls && !connected ? "fatal" : "retry",
    effect: connected ? "possible" : "none",
  };
  return new ApiFailure(
    asked.api.codes.unavailable,
    sentences(
      `${whatOf(asked)} got no answer from ${asked.host}${wayTo(asked)}: ${words} (${code}).`,
      connected ? doubtOf(asked, meaning) : "Nothing was sent.",
      concernsTls ? certificateAdvice(asked) : connectionAdvice(asked, connected),
    ),
    meaning,
    detailsOf(asked),
    { cause: code, ...(!connected && { maxRetryMs }) },
  );
}

function certificateAdvice({ api }: Asked): string {
  return `Check ${api.endpointSetting}. Where a proxy opens TLS connections, NODE_EXTRA_CA_CERTS must name its CA.`;
}

function connectionAdvice(asked: Asked, connected: boolean): string {
  const { api, host, proxy } = asked;
  if (proxy !== undefined) return proxyAdvice(asked);
  return !connected && isLoopback(new URL(`http://${host}`).hostname)
    ? `Check that the emulator, or another server, is running there, and check ${api.endpointSetting}.`
    : `Check the network and ${api.endpointSetting}. Where the network needs a proxy, set HTTPS_PROXY.`;
}

function proxyAdvice({ host }: Asked): string {
  return `Check HTTPS_PROXY, or add ${host} to NO_PROXY if it can be reached directly.`;
}

/** Maximum time for further tries when a proxy has a fault of its own, in ms. */
const proxyRetryMs = 60_000;

/** Returns the error for a proxy that could not be reached, or that opened no connection. */
export function proxyError(asked: Asked, { proxy, code, status }: ProxyFailure): ApiFailure {
  const { words, maxRetryMs, concernsTls = false } = connectionErrorOf(code);
  const cause = status === undefined ? `${words} (${code})` : describeProxyStatus(status);
  const isFinal = status === undefined ? concernsTls : !isPassing(status);
  return new ApiFailure(
    asked.api.codes.unavailable,
    sentences(
      `${whatOf(asked)} did not reach ${asked.host} through the proxy ${proxy}: ${cause}.`,
      `Nothing was sent to ${asked.api.name}.`,
      concernsTls
        ? "Check the certificate of the proxy: NODE_EXTRA_CA_CERTS must name its CA."
        : proxyAdvice(asked),
    ),
    { disposition: isFinal ? "fatal" : "retry", effect: "none" },
    detailsOf(asked),
    {
      cause: `proxy ${status === undefined ? code : `HTTP ${status}`}`,
      maxRetryMs: status === undefined ? maxRetryMs : proxyRetryMs,
    },
  );
}

function describeProxyStatus(status: number): string {
  if (Number.isNaN(status)) return "its answer is not HTTP";
  if (status === 407) return "it requires a valid user name and password (HTTP 407)";
  return `it ${status >= 500 ? "could not" : "refused to"} connect (HTTP ${status})`;
}

/** Returns whether an HTTP status reports a passing fault: 5xx, or a 4xx that invites a retry. */
export function isPassing(status: number): boolean {
  return status >= 500 || [408, 425, 429].includes(status);
}

/**
 * Returns the error for an answer that the API does not give: damaged, or from another server.
 *
 * @param why What is odd about it, in words that can end a sentence.
 */
export function oddAnswerError(asked: Asked, answered: Answered, why: string, meaning: Meaning): ApiFailure {
  const { api, host } = asked;
  return new ApiFailure(
    api.codes.answerInvalid,
    sentences(
      `${whatOf(asked)} got an unusable answer from ${host}: ${why} (${numbersOf(answered)}).`,
      doubtOf(asked, meaning),
      `Something other than ${api.name}, such as a proxy, may have answered: check ${api.endpointSetting}.`,
    ),
    meaning,
    detailsOf(asked, answered),
    { cause: `odd answer, HTTP ${answered.status}` },
  );
}

/**
 * Returns the error for a call that was not made, since its turn in the rate limit would come too
 * late.
 */
export function outOfTurnError({ name, codes }: Api, what: string): ApiFailure {
  return new ApiFailure(
    codes.unavailable,
    `${what} was not tried: too many calls wait for the rate limit of ${name}, and its turn would come after the ` +
      "time-out. Nothing was sent. Run it again, with a longer time-out (customTimeouts) or a lower `--parallel`.",
    { disposition: "retry", effect: "none" },
    {},
    { cause: "rate limit" },
  );
}

/** Returns the error for a call that is not made because the process is about to end. */
export function orphanedError(what: string): DsRecordError {
  return new DsRecordError(
    "PROCESS_ORPHANED",
    `${what} was given up, because the Pulumi CLI that asked for it has ended. Run it again.`,
  );
}

function whatOf({ what, action }: Asked): string {
  return `${what} (${action})`;
}

function wayTo({ proxy }: Asked): string {
  return proxy === undefined ? "" : ` through the proxy ${proxy}`;
}

function numbersOf({ status, requestId }: Answered): string {
  return requestId === undefined ? `HTTP ${status}` : `HTTP ${status}, RequestId ${requestId}`;
}

function doubtOf({ api, writes }: Asked, { effect }: Meaning): string | undefined {
  return writes && effect === "possible" ? api.doubt : undefined;
}

function detailsOf({ details }: Asked, answered?: Answered, apiCode?: string): ErrorDetails {
  return {
    ...(apiCode !== undefined && { apiCode }),
    ...(answered?.requestId !== undefined && { requestId: answered.requestId }),
    ...details,
  };
}

function sentences(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(" ");
}

function withoutFullStop(text: string): string {
  return text.replace(/[.。]+$/, "");
}
