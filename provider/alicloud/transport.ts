import RPCClient from "@alicloud/pop-core";
import type { Agent, RequestOptions } from "node:http";
import type { CommonParameters, Settings } from "../config";
import { silenceDebug } from "./silenceDebug";
import { DsRecordError } from "../errors";
import { ProxyFailure, secretsOf } from "./proxy";
import { observingAgent, type Exchange } from "./httpAgent";
import {
  odd,
  orphaned,
  refused,
  RegistrarFailure,
  stoppedByProxy,
  unanswered,
  type Answered,
  type Asked,
  type Meaning,
  type Refusal,
} from "./errors";
import { Keyring, type Key } from "./accessKey";
import type { Scrub } from "./redact";

/** Parameters of an action, spelled as the API spells them. */
export type Params = Readonly<Record<string, string | number>>;

/** A call of the Domain API. */
export interface Call extends Omit<Asked, "host" | "key" | "proxy"> {
  readonly params: Params;
}

/** An object of an answer. It has no prototype, so no `hasOwnProperty`; integers of over 15 digits are objects in it. */
export type Body = Readonly<Record<string, unknown>>;

/** A success: HTTP 2xx, a JSON object without `Code`, and the number of the request. */
export interface Answer {
  readonly asked: Asked;
  readonly answered: Answered & { readonly requestId: string };
  readonly body: Body;
  /** For texts out of the body, before they are shown or kept. */
  readonly scrub: Scrub;
}

/** By default calls carry nothing but the language, English. */
export type TransportSettings = Omit<Settings, keyof CommonParameters> & Partial<CommonParameters>;

/** In milliseconds: until there is a connection; and from then on until the whole answer is there. */
export interface Timeouts {
  readonly connectMs: number;
  readonly readMs: number;
}

/**
 * pop-core's own 3 s are too short. The time to read is that of the vendor's newer SDKs. Both together are over before an
 * orphaned process has to end.
 */
const defaultTimeouts: Timeouts = { connectMs: 4_000, readMs: 10_000 };

/** The vendor's API, as far as it can be trusted with credentials. */
export interface Transport {
  /**
   * Makes one call, with effect at most once: only when the registrar has not taken the access key, and the source of the
   * credentials has another one then, is it made once more.
   *
   * @param signal Looked at when the credentials are there, which may take a while: nothing is sent once it is aborted.
   * @throws {RegistrarFailure} REGISTRAR_REFUSED for an answer with a `Code`; REGISTRAR_UNAVAILABLE for none;
   *   REGISTRAR_ANSWER_INVALID for anything else that is not a success.
   * @throws {DsRecordError} CREDENTIALS_MISSING, _UNAVAILABLE or _INCOMPLETE, PROCESS_ORPHANED: nothing was done.
   */
  send(call: Call, signal?: AbortSignal): Promise<Answer>;
}

/** pop-core's client as it is used here. Its own types check less. */
interface RpcClient {
  request(action: string, params: object, options: object): Promise<unknown>;
}
const Client = RPCClient as unknown as new (config: RPCClient.Config) => RpcClient;

/** What pop-core and this file say: a call's parameters would override the one or be overridden. In lower case. */
const commonParams: ReadonlySet<string> = new Set([
  "accesskeyid",
  "action",
  "format",
  "lang",
  "securitytoken",
  "signature",
  "signaturemethod",
  "signaturenonce",
  "signatureversion",
  "timestamp",
  "userclientip",
  "version",
]);

/**
 * Signs calls with signature version 1 and makes them as POST, so that no credential is in a URL.
 *
 * Nothing of pop-core's errors leaves this file, not even as a `cause`: with other methods they hold the signed URL, and
 * the gateway quotes the signed request, access key id and security token included, in some of its messages.
 */
export function createTransport(
  settings: TransportSettings,
  timeouts: Timeouts = defaultTimeouts,
): Transport {
  // It prints answers as they come, and to a wrong signature the registrar answers with the whole request.
  silenceDebug("@alicloud/pop-core", "httpx");
  const { endpoint, apiVersion, credentials, proxy, lang = "en", userClientIp } = settings;
  const common = { Lang: lang, ...(userClientIp !== undefined && { UserClientIp: userClientIp }) };
  const { host, protocol } = new URL(endpoint);
  const keyring = new Keyring(credentials, proxy && secretsOf(proxy));
  const { scrub } = keyring;
  const clientOf = clients(endpoint, apiVersion);
  const secure = protocol === "https:";
  const way = { secure, connectMs: timeouts.connectMs, proxy };
  const sharedAgent = observingAgent({ ...way, keepAlive: true });
  // On a kept connection that the server has just closed, a reset would leave open whether there is a task.
  const submissionAgent = observingAgent({ ...way, keepAlive: false });
  let hasAnswered = false;

  async function sendWith(key: Key, { params, ...call }: Call, signal?: AbortSignal): Promise<Answer> {
    if (signal?.aborted) throw orphaned(call.what);
    const asked: Asked = { ...call, host, key: key.name, ...(proxy && { proxy: proxy.name }) };
    const exchange: Exchange = { connected: false };
    const agent = asked.submits ? submissionAgent : sharedAgent;
    const options = requestOptions(exchange, agent, timeouts.readMs);
    const body = await clientOf(key)
      .request(asked.action, { ...params, ...common }, options)
      .catch((error: unknown) => {
        const failure = failureOf(error, exchange, asked, scrub);
        throw hasAnswered ? failure.ofReachable() : failure;
      })
      .finally(() => {
        hasAnswered ||= exchange.status !== undefined;
      });
    return success(body, exchange, asked, scrub);
  }

  return {
    async send(call, signal) {
      checkNames(call.params);
      const key = await keyring.current();
      return sendWith(key, call, signal).catch(async (error: unknown) => {
        const other = await renewedAfter(error, key, keyring);
        return sendWith(other, call, signal);
      });
    },
  };
}

/** @throws the error itself, where another key would not help or there is none. */
async function renewedAfter(error: unknown, key: Key, keyring: Keyring): Promise<Key> {
  if (!(error instanceof RegistrarFailure) || !error.rejectsKey) throw error;
  const other = await keyring.renewed(key).catch((reason: unknown) => {
    if (!(reason instanceof DsRecordError)) throw reason;
    throw new DsRecordError(reason.code, `${reason.message} Before that: ${error.message}`, error.details);
  });
  if (!other) throw error;
  return other;
}

/** A client of pop-core for each key: it refuses to be made with an empty one, while one of its own providers may give it. */
function clients(endpoint: string, apiVersion: string): (key: Key) => RpcClient {
  const made = new WeakMap<Key, RpcClient>();
  return (key) => {
    const client = made.get(key) ?? new Client({ endpoint, apiVersion, ...key.credentials });
    made.set(key, client);
    return client;
  };
}

/** Of pop-core, and of httpx below it. */
function requestOptions(exchange: Exchange, agent: Agent, readMs: number): object {
  return {
    // In capitals: pop-core leaves everything in the URL for "post".
    method: "POST",
    formatAction: false,
    formatParams: false,
    agent,
    readTimeout: readMs,
    // To httpx this is a time-out of inactivity, which ends what the read time-out leaves behind.
    connectTimeout: readMs + 1_000,
    beforeRequest(this: { data: string | Buffer }, options: RequestOptions) {
      // With DEBUG=* in the environment, httpx prints text, that is the signed request, but not octets.
      this.data = Buffer.from(this.data);
      return { ...options, exchange };
    },
  };
}

/**
 * What pop-core rejects with: Node's and httpx's errors; its own, with the parsed body as `data`; and what its parser
 * throws, which is no Error and has the whole body as `text`.
 */
interface Thrown {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly data?: unknown;
  readonly text?: unknown;
}

/** @throws {TypeError} for a name of {@link commonParams}, which is a mistake of ours. */
function checkNames(params: Params): void {
  const taken = Object.keys(params).find((name) => commonParams.has(name.toLowerCase()));
  if (taken !== undefined) throw new TypeError(`${taken} is not a parameter of an action.`);
}

function success(body: unknown, { status = 0 }: Exchange, asked: Asked, scrub: Scrub): Answer {
  const answered = answeredWith(body, status, scrub);
  const fault = (why: string) => odd(asked, answered, why, oddMeaning(status));
  if (!isBody(body)) throw fault("it is no usable JSON object");
  const { Code: code } = body;
  const { requestId } = answered;
  if (status < 200 || status > 299) throw fault("it says nothing of an error");
  if (code !== undefined && code !== null) throw fault("it has a Code that is not one of an error");
  if (requestId === undefined) throw fault("it has no RequestId");
  return { asked, answered: { status, requestId }, body, scrub };
}

function failureOf(thrown: unknown, exchange: Exchange, asked: Asked, scrub: Scrub): RegistrarFailure {
  const { status, connected, oversized } = exchange;
  if (thrown instanceof ProxyFailure) return stoppedByProxy(asked, thrown);
  const error: Thrown = isRecord(thrown) ? thrown : {};
  const silence = silenceOf(error);
  if (status === undefined) return unanswered(asked, silence ?? "UNKNOWN", connected);
  const body = error.data;
  const answered = answeredWith(body, status, scrub);
  const refusal = isBody(body) ? refusalIn(body, scrub) : undefined;
  if (refusal) return refused(asked, answered, refusal);
  if (oversized) return odd(asked, answered, "it is larger than 4 MiB", oddMeaning(status));
  if (silence !== undefined) return unanswered(asked, silence, connected);
  const why = isBody(body) ? "its Code is not one" : kindOf(error.text);
  return odd(asked, answered, why, oddMeaning(status));
}

function refusalIn({ Code: code, Message: message }: Body, scrub: Scrub): Refusal | undefined {
  if (!isIdentifier(code, scrub)) return undefined;
  const text = typeof message === "string" ? scrub(message).trim() : "";
  // Whatever the code: seen for two, which are in the table.
  return { code, message: /string.?to.?sign/i.test(text) ? "" : text };
}

/** Node's code of an error of the connection, or undefined for an answer that came and is odd. */
function silenceOf({ name, code }: Thrown): string | undefined {
  // httpx's time-outs have no code.
  if (name === "RequestTimeoutError") return "ETIMEDOUT";
  return typeof code === "string" && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : undefined;
}

/** What pop-core could not take for JSON. Some texts break it before it can say so: `null`, for one. */
function kindOf(text: unknown): string {
  if (typeof text !== "string") return "it is no usable JSON object";
  if (text.trim() === "") return "it is empty";
  return text.trimStart().startsWith("<") ? "it is a page, not JSON" : "it is not JSON, or only a part of it";
}

/** A proxy or the wrong server says no (3xx, 4xx) time and again; what is damaged or broken may be better next time. */
function oddMeaning(status: number): Meaning {
  const final = status >= 300 && status <= 499 && ![408, 425, 429].includes(status);
  return { disposition: final ? "fatal" : "retry", effect: "possible" };
}

function answeredWith(body: unknown, status: number, scrub: Scrub): Answered {
  const requestId = isBody(body) ? body["RequestId"] : undefined;
  return isIdentifier(requestId, scrub) ? { status, requestId } : { status };
}

/** Codes and numbers are printed and kept as they are, so they must look like it. */
function isIdentifier(value: unknown, scrub: Scrub): value is string {
  return typeof value === "string" && /^[\w.-]{1,100}$/.test(value) && scrub(value) === value;
}

/** Whether a value out of an answer is a JSON object: pop-core's parser makes them without a prototype, but large numbers with one. */
export function isBody(value: unknown): value is Body {
  return isRecord(value) && Object.getPrototypeOf(value) === null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
