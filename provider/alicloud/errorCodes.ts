/** The meaning of an error code in a refusal. */
export interface CodeMeaning {
  /**
   * `retry`: ask again. `wait`: another change is in progress, look again later. `fatal`: asking
   * again will not help.
   */
  readonly disposition: "retry" | "wait" | "fatal";
  /** Whether a writing call with this answer can have taken effect anyway. */
  readonly effect: "none" | "possible";
  /** What the user can do about it. */
  readonly advice?: string;
  /**
   * The gateway quotes the signed request, credentials included, in the messages of these codes.
   */
  readonly quotesRequest?: true;
  /** The account asks too often: all its calls must slow down. */
  readonly throttles?: true;
  /** The refusal depends on the caller, so the message names the access key and its source. */
  readonly concernsKey?: true;
  /** The access key or its token is not valid, or no longer: another one may be accepted. */
  readonly rejectsKey?: true;
  /** The endpoint or the API version does not have the action. */
  readonly concernsEndpoint?: true;
}

export type CodeMeanings = Readonly<Record<string, CodeMeaning>>;

/** Refused before anything was done, because of the caller. */
export const fatalForKey = { disposition: "fatal", effect: "none", concernsKey: true } as const;

/** Refused before anything was done, because of the call. */
export const fatalForCall = { disposition: "fatal", effect: "none" } as const;

/** A fault of the service itself. */
export const serviceFault = {
  disposition: "retry",
  effect: "possible",
  advice:
    "The service has a fault of its own: try again later. Alibaba Cloud's support can look up the RequestId.",
} as const;

const keyAdvice = "Check the access key id and secret, and that the key is active.";

/** Codes that any API can answer with, since the gateway or the account's management gives them. */
const generalCodes: CodeMeanings = {
  Throttling: {
    disposition: "retry",
    effect: "none",
    throttles: true,
    advice:
      "The account sends more calls than its limit allows, perhaps from other programs too: " +
      "try again later, or with a lower `--parallel`.",
  },
  SignatureNonceUsed: serviceFault,
  InternalError: serviceFault,
  ServiceUnavailable: serviceFault,

  Forbidden: fatalForKey,
  "Forbidden.RiskControl": {
    ...fatalForKey,
    advice: "Alibaba Cloud's risk control blocks this account: see the console.",
  },
  "Forbidden.UserVerification": {
    ...fatalForKey,
    advice: "The account must pass real-name verification first.",
  },
  InvalidAccessKeyId: { ...fatalForKey, rejectsKey: true, advice: keyAdvice },
  InvalidSecurityToken: {
    ...fatalForKey,
    rejectsKey: true,
    advice: "The security token does not belong to the key, or has expired.",
  },
  IncompleteSignature: { ...fatalForKey, advice: keyAdvice, quotesRequest: true },
  SignatureDoesNotMatch: { ...fatalForKey, advice: keyAdvice, quotesRequest: true },

  "InvalidApi.NotFound": { ...fatalForCall, concernsEndpoint: true },
  "InvalidProduct.NotFound": { ...fatalForCall, concernsEndpoint: true },
  NoSuchVersion: { ...fatalForCall, concernsEndpoint: true },
  UnsupportedOperation: { ...fatalForCall, concernsEndpoint: true },
  InvalidTimeStamp: { ...fatalForCall, advice: "Check this machine's clock." },
};

/** The gateway's validation, with the name of a parameter: MissingPageNumber, InvalidPageSize. */
const validation = /^(Missing|Invalid)[A-Z]\w*$/;

/**
 * Returns a function that gives the meaning of an error code. It decides by the code alone, since
 * the gateway's HTTP statuses are not consistent (throttling is a 400). A code that is not listed
 * has the meaning of its longest listed prefix up to a dot, or that of the gateway's validation. An
 * unknown code is fatal, and may have had an effect.
 *
 * @param own Codes of one API; they take precedence over the general ones.
 */
export function codeMeanings(own: CodeMeanings): (code: string) => CodeMeaning {
  const meanings: CodeMeanings = { ...generalCodes, ...own };
  return (code) => {
    for (let prefix = code; prefix !== ""; prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf(".")))) {
      const meaning = Object.hasOwn(meanings, prefix) ? meanings[prefix] : undefined;
      if (meaning) return meaning;
    }
    return validation.test(code) ? fatalForCall : { disposition: "fatal", effect: "possible" };
  };
}
