import {
  isPassing,
  oddAnswerError,
  proxyError,
  refusalError,
  noAnswerError,
  type Answered,
  type ApiFailure,
  type Asked,
  type Meaning,
  type Refusal,
} from "./errors";
import type { Exchange } from "./httpAgent";
import { ProxyFailure } from "./proxy";
import type { Scrub } from "./redact";

/**
 * An object in an answer. It has no prototype, so no `hasOwnProperty`, and integers of over 15
 * digits are objects in it.
 */
export type Body = Readonly<Record<string, unknown>>;

/** A success: HTTP 2xx, and a JSON object with a RequestId and without a `Code`. */
export interface Answer {
  readonly asked: Asked;
  readonly answered: Answered & { readonly requestId: string };
  readonly body: Body;
  /** Makes text from the body safe to show or keep. */
  readonly scrub: Scrub;
}

/**
 * A rejection of pop-core's: an error of Node or httpx; one of its own, with the parsed body as
 * `data`; or an object of its parser, which is not an Error and has the whole body as `text`.
 */
interface Thrown {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly data?: unknown;
  readonly text?: unknown;
}

/**
 * Returns a success.
 *
 * @param body The body as pop-core parsed it.
 * @throws {ApiFailure} the API's code for an unusable answer.
 */
export function readSuccess(body: unknown, { status = 0 }: Exchange, asked: Asked, scrub: Scrub): Answer {
  const answered = answeredWith(body, status, scrub);
  const fault = (why: string) => oddAnswerError(asked, answered, why, oddMeaning(status));
  if (!isBody(body)) throw fault("it is not a usable JSON object");
  const { Code: code } = body;
  const { requestId } = answered;
  if (status < 200 || status > 299) throw fault("it has no Code");
  if (code !== undefined && code !== null) throw fault("its Code is not an error code");
  if (requestId === undefined) throw fault("it has no RequestId");
  return { asked, answered: { status, requestId }, body, scrub };
}

/** Returns the error for a rejection of pop-core's. */
export function readFailure(thrown: unknown, exchange: Exchange, asked: Asked, scrub: Scrub): ApiFailure {
  const { status, connected, oversized } = exchange;
  if (thrown instanceof ProxyFailure) return proxyError(asked, thrown);
  const error: Thrown = isRecord(thrown) ? thrown : {};
  const code = connectionCodeOf(error);
  if (status === undefined) return noAnswerError(asked, code ?? "UNKNOWN", connected);
  const body = error.data;
  const answered = answeredWith(body, status, scrub);
  const refusal = isBody(body) ? refusalIn(body, scrub) : undefined;
  if (refusal) return refusalError(asked, answered, refusal);
  if (oversized) return oddAnswerError(asked, answered, "it is larger than 4 MiB", oddMeaning(status));
  if (code !== undefined) return noAnswerError(asked, code, connected);
  const why = isBody(body) ? "its Code is not an error code" : describeBody(error.text);
  return oddAnswerError(asked, answered, why, oddMeaning(status));
}

function refusalIn({ Code: code, Message: message }: Body, scrub: Scrub): Refusal | undefined {
  if (!isIdentifier(code, scrub)) return undefined;
  const text = typeof message === "string" ? scrub(message).trim() : "";
  // Done for every code, although the table marks only the two that are known to quote the request.
  return { code, message: /string.?to.?sign/i.test(text) ? "" : text };
}

/**
 * Returns Node's code of a connection error, or undefined for an answer that arrived but is
 * malformed.
 */
function connectionCodeOf({ name, code }: Thrown): string | undefined {
  // httpx's time-outs have no code.
  if (name === "RequestTimeoutError") return "ETIMEDOUT";
  return typeof code === "string" && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : undefined;
}

/**
 * Describes a body that pop-core could not parse. Some texts, such as `null`, break it before it
 * can say so.
 */
function describeBody(text: unknown): string {
  if (typeof text !== "string") return "it is not a usable JSON object";
  if (text.trim() === "") return "it is empty";
  return text.trimStart().startsWith("<") ? "it is a page, not JSON" : "it is not JSON, or only a part of it";
}

/**
 * Returns the meaning of an answer that is not the API's. A proxy or a wrong server refuses every
 * time (3xx, 4xx), but after a damaged or broken answer the next one may be good.
 */
function oddMeaning(status: number): Meaning {
  const final = status >= 300 && !isPassing(status);
  return { disposition: final ? "fatal" : "retry", effect: "possible" };
}

function answeredWith(body: unknown, status: number, scrub: Scrub): Answered {
  const requestId = isBody(body) ? body["RequestId"] : undefined;
  return isIdentifier(requestId, scrub) ? { status, requestId } : { status };
}

/** Returns whether a code or number is safe to print and keep unchanged. */
function isIdentifier(value: unknown, scrub: Scrub): value is string {
  return typeof value === "string" && /^[\w.-]{1,100}$/.test(value) && scrub(value) === value;
}

/**
 * Returns whether a value from an answer is a JSON object. pop-core's parser gives a prototype only
 * to large numbers.
 */
export function isBody(value: unknown): value is Body {
  return isRecord(value) && Object.getPrototypeOf(value) === null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
