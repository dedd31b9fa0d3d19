import { ProxyFailure } from "../proxy";

/** A failure to get credentials, with a printable message. */
export class CredentialsFailure extends Error {
  override readonly name = "CredentialsFailure";
}

/** An answer to a request for credentials, and the request. */
export interface Exchange {
  /** Everything that was sent, as one text. */
  readonly sent: string;
  readonly statusCode: number;
  readonly body: Buffer;
}

const hiddenReason = "it gave no credentials, and its message is hidden because it can hold secrets";

/**
 * Returns a printable reason for a failure: Node's error code, the HTTP status and the
 * service's own code. Everything else that the vendor's library says stays hidden, since it quotes
 * configuration files and answers.
 *
 * @param thrown Anything.
 * @param last The last answer, if a server has answered.
 */
export function reasonOf(thrown: unknown, last?: Exchange): string {
  if (thrown instanceof CredentialsFailure) return thrown.message;
  if (thrown instanceof ProxyFailure) {
    const { proxy, code, status } = thrown;
    return `the proxy ${proxy} opened no connection (${status === undefined ? code : `HTTP ${status}`})`;
  }
  const { code, path } = (thrown ?? {}) as Record<string, unknown>;
  if (typeof code === "string" && /^[A-Z][A-Z_]+$/.test(code)) {
    return path === undefined ? `the connection failed (${code})` : `its file cannot be read (${code})`;
  }
  return last ? reasonIn(last) : hiddenReason;
}

function reasonIn({ sent, statusCode, body }: Exchange): string {
  const answer = `the answer was HTTP ${statusCode}`;
  if (statusCode >= 200 && statusCode <= 299) return `${answer}, without usable credentials`;
  const code = codeIn(body.toString());
  // A hostile server could echo what it received.
  return code === undefined || sent.includes(code) ? answer : `${answer} (${code})`;
}

/**
 * Returns the error code of one of the vendor's services, such as
 * `AuthenticationFail.OIDCToken.Expired`.
 */
function codeIn(text: string): string | undefined {
  try {
    const { Code: code } = (JSON.parse(text) ?? {}) as Record<string, unknown>;
    const isCode = typeof code === "string" && code.length <= 64 && /^[A-Za-z]+(\.[A-Za-z]+)*$/.test(code);
    return isCode ? code : undefined;
  } catch {
    return undefined;
  }
}
