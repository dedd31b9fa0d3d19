/** Why a call got no answer. */
export interface ConnectionError {
  /** Words to put after a host and a colon. */
  readonly words: string;
  /** Maximum time for further tries of a call that never had a connection, in ms. */
  readonly maxRetryMs: number;
  /** Whether the certificate or the TLS handshake is at fault. */
  readonly concernsTls?: true;
}

const reset: ConnectionError = { words: "the connection was reset", maxRetryMs: 120_000 };
const forbidden: ConnectionError = { words: "this system does not allow the connection", maxRetryMs: 30_000 };
const noRoute: ConnectionError = { words: "there is no route to it", maxRetryMs: 60_000 };

/**
 * Reasons by Node's error code. Calls are tried again for half a minute after a definite refusal,
 * for a minute after a failure that is typical of a network that is starting, and for two minutes
 * after one that may be the server's.
 */
export const connectionErrors: Readonly<Record<string, ConnectionError>> = {
  EACCES: forbidden,
  EADDRNOTAVAIL: noRoute,
  EAI_AGAIN: { words: "its name could not be resolved", maxRetryMs: 60_000 },
  EAI_FAIL: { words: "its name could not be resolved", maxRetryMs: 60_000 },
  ECONNABORTED: reset,
  ECONNREFUSED: { words: "it refused the connection", maxRetryMs: 30_000 },
  ECONNRESET: reset,
  EHOSTDOWN: noRoute,
  EHOSTUNREACH: noRoute,
  ENETDOWN: noRoute,
  ENETUNREACH: noRoute,
  ENOTFOUND: { words: "its name does not exist", maxRetryMs: 30_000 },
  EPERM: forbidden,
  EPIPE: reset,
  ETIMEDOUT: { words: "it did not respond in time", maxRetryMs: 120_000 },
  UNKNOWN: { words: "the request failed", maxRetryMs: 120_000 },
};

const noTls: ConnectionError = {
  words: "no trustworthy TLS connection could be made",
  maxRetryMs: 0,
  concernsTls: true,
};
const noHttp: ConnectionError = { words: "the response is not HTTP", maxRetryMs: 120_000 };
const failed: ConnectionError = { words: "the connection failed", maxRetryMs: 120_000 };

/** Codes of Node, OpenSSL and X.509 for certificates and handshakes that will fail again. */
const tlsCodes =
  /^(CERT_|CRL_|DEPTH_ZERO_|ERROR_IN_C|ERR_SSL_|ERR_TLS_|EPROTO$|HOSTNAME_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_|SELF_SIGNED_|UNABLE_TO_|UNSPECIFIED$)/;

/**
 * Returns the reason for one of Node's codes; any other text counts as a connection that failed.
 */
export function connectionErrorOf(code: string): ConnectionError {
  if (Object.hasOwn(connectionErrors, code)) return connectionErrors[code] as ConnectionError;
  if (code.startsWith("HPE_")) return noHttp;
  return tlsCodes.test(code) ? noTls : failed;
}
