import RPCClient from "@alicloud/pop-core";
import type { Agent, RequestOptions } from "node:http";
import { DsRecordError } from "../errors";
import { AccessKeys, type AccessKey } from "./accessKey";
import type { Api } from "./api";
import {
  ApiFailure,
  oddAnswerError,
  orphanedError,
  proxyError,
  refusalError,
  silenceError,
  type Answered,
  type Asked,
  type Meaning,
  type Refusal,
} from "./errors";
import { createAgent, type Exchange } from "./httpAgent";
import { ProxyFailure, secretsOf } from "./proxy";
import type { Scrub } from "./redact";
import type { ApiSettings } from "./settings";
import { silenceDebug } from "./silenceDebug";

/** Parameters of an action, spelled as the API spells them. */
export type Params = Readonly<Record<string, string | number>>;

/** A call of an API. */
export interface Call extends Omit<Asked, "api" | "host" | "key" | "proxy"> {
  readonly params: Params;
}

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
  /** Makes texts from the body fit to show or keep. */
  readonly scrub: Scrub;
}

export interface TransportSettings extends ApiSettings {
  /** Parameters that every call carries beside its own. Default: none. */
  readonly parameters?: Params;
}

/** Time-outs of one HTTP call, in ms. */
export interface Timeouts {
  /** Time for the connection, TLS included. */
  readonly connectMs: number;
  /** Time from then on for the whole answer. */
  readonly readMs: number;
}

/**
 * Default time-outs. pop-core's own 3 s are too short; 10 s to read are the default of the vendor's
 * newer SDKs. Their sum is below the 15 s that an orphaned process has to end.
 */
const defaultTimeouts: Timeouts = { connectMs: 4_000, readMs: 10_000 };

/** Makes signed calls of one API. */
export interface Transport {
  /**
   * Makes one call, which takes effect at most once. It is repeated once only when the API rejected
   * the access key and the source of the credentials then has another one.
   *
   * @param signal Checked when the credentials are known, which may take a while: nothing is sent
   *   once it is aborted.
   * @throws {ApiFailure} the API's code for a refusal, for no answer, or for any other answer that
   *   is not a success.
   * @throws {DsRecordError} CREDENTIALS_MISSING, _UNAVAILABLE or _INCOMPLETE, PROCESS_ORPHANED:
   *   nothing was done.
   */
  send(call: Call, signal?: AbortSignal): Promise<Answer>;
}

/** pop-core's client, with stricter types than its own. */
interface RpcClient {
  request(action: string, params: object, options: object): Promise<unknown>;
}
const Client = RPCClient as unknown as new (config: RPCClient.Config) => RpcClient;

/** Names, in lower case, of the parameters that pop-core sets. A call's own would override them. */
const reservedNames: readonly string[] = [
  "accesskeyid",
  "action",
  "format",
  "securitytoken",
  "signature",
  "signaturemethod",
  "signaturenonce",
  "signatureversion",
  "timestamp",
  "version",
];

/**
 * Returns a transport that signs calls with signature version 1 and makes them as POST, so that no
 * URL holds a credential.
 *
 * No part of pop-core's errors leaves this file, not even as a `cause`: some hold the signed URL,
 * and the gateway quotes the signed request, access key id and security token included, in some of
 * its messages.
 */
export function createTransport(
  api: Api,
  settings: TransportSettings,
  timeouts: Timeouts = defaultTimeouts,
): Transport {
  // With DEBUG set, httpx prints answers, and the answer to a wrong signature quotes the whole
  // request.
  silenceDebug("@alicloud/pop-core", "httpx");
  const { endpoint, apiVersion, credentials, proxy, parameters = {} } = settings;
  const { host, protocol } = new URL(endpoint);
  const keys = new AccessKeys(credentials, proxy && secretsOf(proxy));
  const { scrub } = keys;
  const clientOf = createClients(endpoint, apiVersion);
  const secure = protocol === "https:";
  const way = { secure, connectMs: timeouts.connectMs, proxy };
  const sharedAgent = createAgent({ ...way, keepAlive: true });
  // On a kept connection that the server has just closed, a reset would leave open whether the call
  // took effect.
  const writingAgent = createAgent({ ...way, keepAlive: false });
  let hasAnswered = false;

  async function sendWith(key: AccessKey, { params, ...call }: Call, signal?: AbortSignal): Promise<Answer> {
    if (signal?.aborted) throw orphanedError(call.what);
    const asked: Asked = { ...call, api, host, key: key.name, ...(proxy && { proxy: proxy.name }) };
    const exchange: Exchange = { connected: false };
    const agent = asked.writes ? writingAgent : sharedAgent;
    const options = requestOptions(exchange, agent, timeouts.readMs);
    const body = await clientOf(key)
      .request(asked.action, { ...params, ...parameters }, options)
      .catch((error: unknown) => {
        const failure = failureOf(error, exchange, asked, scrub);
        throw hasAnswered ? failure.ofReachable() : failure;
      })
      .finally(() => {
        hasAnswered ||= exchange.status !== undefined;
      });
    return readSuccess(body, exchange, asked, scrub);
  }

  return {
    async send(call, signal) {
      checkNames(call.params, [...reservedNames, ...Object.keys(parameters)]);
      const key = await keys.current();
      return sendWith(key, call, signal).catch(async (error: unknown) => {
        const other = await renewAfter(error, key, keys);
        return sendWith(other, call, signal);
      });
    },
  };
}

/**
 * Returns another key in place of one that was rejected.
 *
 * @throws the error itself, where another key would not help or there is none.
 */
async function renewAfter(error: unknown, key: AccessKey, keys: AccessKeys): Promise<AccessKey> {
  if (!(error instanceof ApiFailure) || !error.rejectsKey) throw error;
  const other = await keys.renew(key).catch((reason: unknown) => {
    if (!(reason instanceof DsRecordError)) throw reason;
    throw new DsRecordError(reason.code, `${reason.message} Before that: ${error.message}`, error.details);
  });
  if (!other) throw error;
  return other;
}

/**
 * Returns a function that gives a client of pop-core for each key, since a client cannot change its
 * key.
 */
function createClients(endpoint: string, apiVersion: string): (key: AccessKey) => RpcClient {
  const made = new WeakMap<AccessKey, RpcClient>();
  return (key) => {
    const client = made.get(key) ?? new Client({ endpoint, apiVersion, ...key.credentials });
    made.set(key, client);
    return client;
  };
}

/** Returns options for pop-core, and for httpx below it. */
function requestOptions(exchange: Exchange, agent: Agent, readMs: number): object {
  return {
    // In capitals, since pop-core leaves everything in the URL for "post".
    method: "POST",
    formatAction: false,
    formatParams: false,
    agent,
    readTimeout: readMs,
    // httpx takes this for a time-out of inactivity. It ends what the read time-out leaves behind.
    connectTimeout: readMs + 1_000,
    beforeRequest(this: { data: string | Buffer }, options: RequestOptions) {
      // With DEBUG=* in the environment, httpx prints text, that is the signed request, but not
      // octets.
      this.data = Buffer.from(this.data);
      return { ...options, exchange };
    },
  };
}

/**
 * A rejection of pop-core's: an error of Node or httpx; one of its own, with the parsed body as
 * `data`; or an object of its parser, which is no Error and has the whole body as `text`.
 */
interface Thrown {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly data?: unknown;
  readonly text?: unknown;
}

/** @throws {TypeError} for a reserved name, which is a mistake in this package. */
function checkNames(params: Params, reserved: readonly string[]): void {
  const names = new Set(reserved.map((name) => name.toLowerCase()));
  const taken = Object.keys(params).find((name) => names.has(name.toLowerCase()));
  if (taken !== undefined) throw new TypeError(`${taken} is not a parameter of an action.`);
}

function readSuccess(body: unknown, { status = 0 }: Exchange, asked: Asked, scrub: Scrub): Answer {
  const answered = answeredWith(body, status, scrub);
  const fault = (why: string) => oddAnswerError(asked, answered, why, oddMeaning(status));
  if (!isBody(body)) throw fault("it is no usable JSON object");
  const { Code: code } = body;
  const { requestId } = answered;
  if (status < 200 || status > 299) throw fault("it says nothing of an error");
  if (code !== undefined && code !== null) throw fault("it has a Code that is not one of an error");
  if (requestId === undefined) throw fault("it has no RequestId");
  return { asked, answered: { status, requestId }, body, scrub };
}

function failureOf(thrown: unknown, exchange: Exchange, asked: Asked, scrub: Scrub): ApiFailure {
  const { status, connected, oversized } = exchange;
  if (thrown instanceof ProxyFailure) return proxyError(asked, thrown);
  const error: Thrown = isRecord(thrown) ? thrown : {};
  const silence = connectionCodeOf(error);
  if (status === undefined) return silenceError(asked, silence ?? "UNKNOWN", connected);
  const body = error.data;
  const answered = answeredWith(body, status, scrub);
  const refusal = isBody(body) ? refusalIn(body, scrub) : undefined;
  if (refusal) return refusalError(asked, answered, refusal);
  if (oversized) return oddAnswerError(asked, answered, "it is larger than 4 MiB", oddMeaning(status));
  if (silence !== undefined) return silenceError(asked, silence, connected);
  const why = isBody(body) ? "its Code is not one" : describeBody(error.text);
  return oddAnswerError(asked, answered, why, oddMeaning(status));
}

function refusalIn({ Code: code, Message: message }: Body, scrub: Scrub): Refusal | undefined {
  if (!isIdentifier(code, scrub)) return undefined;
  const text = typeof message === "string" ? scrub(message).trim() : "";
  // For every code: the table marks the two that were seen to quote the request.
  return { code, message: /string.?to.?sign/i.test(text) ? "" : text };
}

/**
 * Returns Node's code of a connection error, or undefined for an answer that arrived and is odd.
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
  if (typeof text !== "string") return "it is no usable JSON object";
  if (text.trim() === "") return "it is empty";
  return text.trimStart().startsWith("<") ? "it is a page, not JSON" : "it is not JSON, or only a part of it";
}

/**
 * A proxy or a wrong server refuses every time (3xx, 4xx); a damaged or broken answer may be better
 * next time.
 */
function oddMeaning(status: number): Meaning {
  const final = status >= 300 && status <= 499 && ![408, 425, 429].includes(status);
  return { disposition: final ? "fatal" : "retry", effect: "possible" };
}

function answeredWith(body: unknown, status: number, scrub: Scrub): Answered {
  const requestId = isBody(body) ? body["RequestId"] : undefined;
  return isIdentifier(requestId, scrub) ? { status, requestId } : { status };
}

/** Whether a code or number is fit to be printed and kept unchanged. */
function isIdentifier(value: unknown, scrub: Scrub): value is string {
  return typeof value === "string" && /^[\w.-]{1,100}$/.test(value) && scrub(value) === value;
}

/**
 * Whether a value from an answer is a JSON object. pop-core's parser gives a prototype only to
 * large numbers.
 */
export function isBody(value: unknown): value is Body {
  return isRecord(value) && Object.getPrototypeOf(value) === null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
