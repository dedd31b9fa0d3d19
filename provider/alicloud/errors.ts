import { DsRecordError, type ErrorCode, type ErrorDetails } from "../errors";
import { isLoopback } from "./loopback";
import type { ProxyFailure } from "./proxy";
import { meaningOf, type CodeMeaning } from "./errorCodes";
import { silenceOf } from "./silences";

/** What a failure means for the one who asked; see {@link CodeMeaning}. */
export type Meaning = Pick<CodeMeaning, "disposition" | "effect">;

/** What a row shows of a failure while the call is tried again. */
export interface Retrying {
  /** In a word or two: "ECONNREFUSED", "Throttling.User", "proxy HTTP 407". */
  readonly cause: string;
  /** Maximum time for which trying again makes sense, in ms; as long as the caller has, unless told. */
  readonly maxRetryMs?: number;
}

/** A call to the registrar that did not come to a usable answer. Its message, like everything of it, holds no credential. */
export class RegistrarFailure extends DsRecordError {
  readonly disposition: Meaning["disposition"];
  readonly effect: Meaning["effect"];
  readonly retrying: Required<Retrying>;

  constructor(
    code: ErrorCode,
    message: string,
    { disposition, effect }: Meaning,
    details: ErrorDetails = {},
    retrying: Retrying = { cause: "no answer" },
  ) {
    super(code, message, details);
    this.disposition = disposition;
    this.effect = effect;
    this.retrying = { maxRetryMs: Infinity, ...retrying };
  }

  /**
   * The same of its own: callers that share a call do not share the error, to which they may add.
   *
   * @param hadTime Whether the caller had time to try again, so that the failure itself set the limit.
   */
  afterTries(tries: number, ms: number, hadTime: boolean): RegistrarFailure {
    const limit = hadTime ? ", and that is the limit for this failure" : "";
    const tried = tries > 1 ? ` Tried ${tries} times in ${Math.round(ms / 1000)} s${limit}.` : "";
    return new RegistrarFailure(this.code, this.message + tried, this, this.details, this.retrying);
  }

  /**
   * Returns what the failure means where the registrar has answered before: its address is right, so that a connection
   * that fails now may come back at any time.
   */
  ofReachable(): RegistrarFailure {
    if (this.code !== "REGISTRAR_UNAVAILABLE" || this.effect === "possible") return this;
    const meaning = { disposition: "retry", effect: this.effect } as const;
    return new RegistrarFailure(this.code, this.message, meaning, this.details, {
      cause: this.retrying.cause,
    });
  }

  /** Whether the registrar said that the account asks too often. */
  get throttles(): boolean {
    return this.#meaning?.throttles === true;
  }

  /** Whether the registrar does not take the access key or its token, so that a renewed one may be taken. */
  get rejectsKey(): boolean {
    return this.#meaning?.rejectsKey === true;
  }

  get #meaning(): CodeMeaning | undefined {
    return this.details.apiCode === undefined ? undefined : meaningOf(this.details.apiCode);
  }
}

/** What was asked, of whom. */
export interface Asked {
  readonly action: string;
  /** In words that begin a sentence: "Reading the DS records of example.com". */
  readonly what: string;
  /** Host and port of the endpoint. */
  readonly host: string;
  /** Host and port of the proxy that it is asked through, if there is one. */
  readonly proxy?: string;
  /** With which access key, in words: "access key …WXYZ from Pulumi config alicloud-dnssec". */
  readonly key: string;
  /** Whether the call is to make a task. */
  readonly submits: boolean;
  readonly taskNo?: string;
}

/** What is known of an answer, whatever its body. */
export interface Answered {
  /** The HTTP status. */
  readonly status: number;
  readonly requestId?: string;
}

/** The registrar's own words for a refusal, scrubbed. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

export function refused(asked: Asked, answered: Answered, { code, message }: Refusal): RegistrarFailure {
  const meaning = meaningOf(code);
  const words = message === "" || meaning.quotesRequest ? code : `${code}: ${message}`;
  return new RegistrarFailure(
    "REGISTRAR_REFUSED",
    sentences(
      `${whatOf(asked)} was refused by ${asked.host}: ${withoutFullStop(words)} (${numbersOf(answered)}).`,
      doubtOf(asked, meaning),
      meaning.concernsKey && `It was asked with ${asked.key}.`,
      meaning.advice,
    ),
    meaning,
    detailsOf(asked, answered, code),
    { cause: code },
  );
}

const networkAdvice =
  "Check the network and alicloud-dnssec:endpoint (ALICLOUD_DNSSEC_ENDPOINT); where the network needs a proxy, set HTTPS_PROXY.";
const loopbackAdvice =
  "Check that the emulator, or whatever is to answer there, is running, and alicloud-dnssec:endpoint (ALICLOUD_DNSSEC_ENDPOINT).";
const proxyAdvice =
  "Check HTTPS_PROXY, or add the registrar's host to NO_PROXY if it can be reached directly.";
const certificateAdvice =
  "Check alicloud-dnssec:endpoint; where a proxy opens TLS connections, NODE_EXTRA_CA_CERTS has to name its CA.";

/**
 * No answer, or not all of it.
 *
 * @param code Node's error code; anything else stands for an unknown reason.
 * @param connected Whether there was a connection, so that the request can have been received.
 */
export function unanswered(asked: Asked, code: string, connected: boolean): RegistrarFailure {
  const { words, maxRetryMs, concernsTls = false } = silenceOf(code);
  const meaning: Meaning = {
    disposition: concernsTls && !connected ? "fatal" : "retry",
    effect: connected ? "possible" : "none",
  };
  return new RegistrarFailure(
    "REGISTRAR_UNAVAILABLE",
    sentences(
      `${whatOf(asked)} got no answer from ${asked.host}${wayTo(asked)}: ${words} (${code}).`,
      connected ? doubtOf(asked, meaning) : "Nothing was sent.",
      concernsTls ? certificateAdvice : adviceFor(asked, connected),
    ),
    meaning,
    detailsOf(asked),
    { cause: code, ...(!connected && { maxRetryMs }) },
  );
}

function adviceFor({ host, proxy }: Asked, connected: boolean): string {
  if (proxy !== undefined) return proxyAdvice;
  return !connected && isLoopback(new URL(`http://${host}`).hostname) ? loopbackAdvice : networkAdvice;
}

/** The proxy could not be reached, or would not open a connection to the registrar. */
export function stoppedByProxy(asked: Asked, { proxy, code, status }: ProxyFailure): RegistrarFailure {
  const { words, maxRetryMs, concernsTls = false } = silenceOf(code);
  const cause = status === undefined ? `${words} (${code})` : refusalOfProxy(status);
  const isFinal = status === undefined ? concernsTls : !isPassing(status);
  return new RegistrarFailure(
    "REGISTRAR_UNAVAILABLE",
    sentences(
      `${whatOf(asked)} did not reach ${asked.host} through the proxy ${proxy}: ${cause}. Nothing was sent to the registrar.`,
      concernsTls
        ? "Check the certificate of the proxy; NODE_EXTRA_CA_CERTS has to name its CA."
        : proxyAdvice,
    ),
    { disposition: isFinal ? "fatal" : "retry", effect: "none" },
    detailsOf(asked),
    {
      cause: `proxy ${status === undefined ? code : `HTTP ${status}`}`,
      maxRetryMs: status === undefined ? maxRetryMs : proxyRetryMs,
    },
  );
}

/** Maximum time for which a proxy is asked again that has trouble of its own, in ms. */
const proxyRetryMs = 60_000;

function refusalOfProxy(status: number): string {
  if (Number.isNaN(status)) return "its answer is not HTTP";
  if (status === 407) return "it requires a valid user name and password (HTTP 407)";
  return `it ${status >= 500 ? "could not" : "refused to"} connect (HTTP ${status})`;
}

/** Whether another try may be answered otherwise: 502, 503 and 504 say that the proxy could not connect now. */
function isPassing(status: number): boolean {
  return status >= 500 || [408, 425, 429].includes(status);
}

/**
 * An answer that the Domain API does not give: somebody else's, or a damaged one.
 *
 * @param why What it is instead, in words that end a sentence.
 */
export function odd(asked: Asked, answered: Answered, why: string, meaning: Meaning): RegistrarFailure {
  return new RegistrarFailure(
    "REGISTRAR_ANSWER_INVALID",
    sentences(
      `${whatOf(asked)} got an answer from ${asked.host} that cannot be used: ${why} (${numbersOf(answered)}).`,
      doubtOf(asked, meaning),
      "Something else than the registrar may have answered, such as a proxy: check alicloud-dnssec:endpoint.",
    ),
    meaning,
    detailsOf(asked, answered),
    { cause: `odd answer, HTTP ${answered.status}` },
  );
}

/** A call whose turn in the account's rate limit would come too late. It was not made. */
export function outOfTurn(what: string): RegistrarFailure {
  return new RegistrarFailure(
    "REGISTRAR_UNAVAILABLE",
    `${what} was not asked for: so many calls wait for the registrar's rate limit that its turn would come too late. ` +
      "Nothing was sent. Run it again, with a longer time-out (customTimeouts) or a lower `--parallel`.",
    { disposition: "retry", effect: "none" },
    {},
    { cause: "rate limit" },
  );
}

/** The process is to end, and nothing new is asked for. */
export function orphaned(what: string): DsRecordError {
  return new DsRecordError(
    "PROCESS_ORPHANED",
    `${what} was given up: the Pulumi CLI that asked for it has ended. Run it again.`,
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

function doubtOf({ submits }: Asked, { effect }: Meaning): string | undefined {
  return submits && effect === "possible" ? "There may be a task all the same." : undefined;
}

function detailsOf({ taskNo }: Asked, answered?: Answered, apiCode?: string): ErrorDetails {
  return {
    ...(apiCode !== undefined && { apiCode }),
    ...(answered?.requestId !== undefined && { requestId: answered.requestId }),
    ...(taskNo !== undefined && { taskNo }),
  };
}

function sentences(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(" ");
}

function withoutFullStop(text: string): string {
  return text.replace(/[.。]+$/, "");
}
