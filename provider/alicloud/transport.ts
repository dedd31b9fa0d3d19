import RPCClient from "@alicloud/pop-core";
import type { Agent, RequestOptions } from "node:http";
import { DsRecordError } from "../errors";
import { AccessKeys, type AccessKey } from "./accessKey";
import { readFailure, readSuccess, type Answer } from "./answers";
import type { Api } from "./api";
import { ApiFailure, orphanedError, type Asked } from "./errors";
import { createAgent, type Exchange } from "./httpAgent";
import { secretsOf } from "./proxy";
import type { ApiSettings } from "./settings";
import { silenceDebug } from "./silenceDebug";

/** Parameters of an action, spelled as the API spells them. */
export type Params = Readonly<Record<string, string | number>>;

/** A call of an API. */
export interface Call extends Omit<Asked, "api" | "host" | "key" | "proxy"> {
  readonly params: Params;
}

export interface TransportSettings extends ApiSettings {
  /** Parameters that every call carries besides its own. Default: none. */
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
        const failure = readFailure(error, exchange, asked, scrub);
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

/** @throws {TypeError} for a reserved name, which is a mistake in this package. */
function checkNames(params: Params, reserved: readonly string[]): void {
  const names = new Set(reserved.map((name) => name.toLowerCase()));
  const taken = Object.keys(params).find((name) => names.has(name.toLowerCase()));
  if (taken !== undefined) throw new TypeError(`${taken} is not a parameter of an action.`);
}
