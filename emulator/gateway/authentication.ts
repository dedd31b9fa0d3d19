import { type Account } from "../registrar/account";
import { ApiError, invalidParameter, missingParameter } from "../wire/errors";
import { signText, stringToSign, type Params } from "../wire/signature";

const maxSkewMs = 15 * 60_000;

/** Checks signature version 1, as the gateway does. */
export class Authentication {
  readonly #accounts: ReadonlyMap<string, Account>;
  readonly #checkTimestamp: boolean;
  readonly #nonces = new Map<string, number>();

  constructor(accounts: readonly Account[], checkTimestamp: boolean) {
    this.#accounts = new Map(accounts.map((account) => [account.accessKeyId, account]));
    this.#checkTimestamp = checkTimestamp;
  }

  /**
   * Returns the account of a call.
   *
   * @throws {ApiError} with the gateway's code for the first fault found.
   */
  verify(method: string, params: Params): Account {
    if (params.get("Format")?.toUpperCase() !== "JSON") throw new ApiError("InvalidFormat");
    for (const name of [
      "AccessKeyId",
      "SignatureMethod",
      "SignatureVersion",
      "SignatureNonce",
      "Timestamp",
    ]) {
      if (!params.get(name)) throw missingParameter(name);
    }
    if (params.get("SignatureMethod") !== "HMAC-SHA1") throw invalidParameter("SignatureMethod");
    if (params.get("SignatureVersion") !== "1.0") throw invalidParameter("SignatureVersion");
    this.#verifyTimestamp(params.get("Timestamp") ?? "");
    const account = this.#accounts.get(params.get("AccessKeyId") ?? "");
    if (!account) throw new ApiError("InvalidAccessKeyId.NotFound");
    verifySecurityToken(account, params.get("SecurityToken"));
    verifySignature(account, method, params);
    this.#useNonce(account.accessKeyId, params.get("SignatureNonce") ?? "");
    return account;
  }

  #verifyTimestamp(text: string): void {
    const ms = Date.parse(text);
    // The round trip refuses dates that Date.parse accepts, such as 30 February.
    if (Number.isNaN(ms) || new Date(ms).toISOString().replace(".000Z", "Z") !== text) {
      throw new ApiError("InvalidTimeStamp.Format");
    }
    if (this.#checkTimestamp && Math.abs(Date.now() - ms) > maxSkewMs)
      throw new ApiError("InvalidTimeStamp.Expired");
  }

  /** Refuses a used nonce. Forgets nonces whose timestamp has expired. */
  #useNonce(accessKeyId: string, nonce: string): void {
    const now = Date.now();
    for (const [used, at] of this.#nonces) {
      if (now - at <= 2 * maxSkewMs) break;
      this.#nonces.delete(used);
    }
    const key = JSON.stringify([accessKeyId, nonce]);
    if (this.#nonces.has(key)) throw new ApiError("SignatureNonceUsed");
    this.#nonces.set(key, now);
  }
}

function verifySecurityToken(account: Account, sent: string | undefined): void {
  if (account.securityToken !== undefined && !sent) throw missingParameter("SecurityToken");
  if (sent && sent !== account.securityToken) {
    throw new ApiError("InvalidSecurityToken.MismatchWithAccessKey");
  }
}

/**
 * Quotes the signed text, with credentials, as the gateway does, to expose clients that print it.
 */
function verifySignature(account: Account, method: string, params: Params): void {
  const text = stringToSign(method, params);
  const sent = params.get("Signature");
  const code = sent ? "SignatureDoesNotMatch" : "IncompleteSignature";
  if (sent === signText(text, account.accessKeySecret)) return;
  throw new ApiError(code, `${new ApiError(code).message} server string to sign is:${text}`);
}
