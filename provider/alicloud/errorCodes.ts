/** What a refusal by the registrar means for the one who asked. */
export interface CodeMeaning {
  /** `retry`: ask again. `wait`: another task holds the domain, look again later. `fatal`: asking again will not help. */
  readonly disposition: "retry" | "wait" | "fatal";
  /** Whether a submission that was answered like this can have taken effect all the same. */
  readonly effect: "none" | "possible";
  /** What the user can do about it. */
  readonly advice?: string;
  /** The gateway quotes the signed request, credentials included, in the messages of these codes. */
  readonly quotesRequest?: true;
  /** The account asks too often: everything that it asks has to slow down. */
  readonly throttles?: true;
  /** It is about who asks: which access key it was, and where that came from, is part of the message. */
  readonly concernsKey?: true;
  /** The access key or its token does not count, or no more: another one may be let in. */
  readonly rejectsKey?: true;
}

const keyAdvice = "Check the access key id and secret, and that the key is active.";
const pairAdvice = "Endpoint and version are a pair: see alicloud-dnssec:site.";
const policyAdvice =
  "The key's RAM policy has to allow domain:DnsSecSetting on acs:domain:*:*:domain/<name of the domain>, and " +
  "domain:QueryDSRecord and domain:QueryDomainTask on all resources (*).";

/** Refused before anything was done, for who asks. */
const fatalForKey = { disposition: "fatal", effect: "none", concernsKey: true } as const;

/** The registrar's own trouble. */
const inTrouble = {
  disposition: "retry",
  effect: "possible",
  advice: "The registrar has trouble of its own: try later. Its support can look the RequestId up.",
} as const;

/** Refused before anything was done, for what is asked. */
const fatalForCall = { disposition: "fatal", effect: "none" } as const;

/**
 * By `Code`, never by HTTP status: the gateway's statuses are not consistent (throttling is a 400). A code that is not
 * listed takes the meaning of its longest listed prefix up to a dot, or that of {@link validation}. All spellings of a code
 * that are listed here were seen in the vendor's pages.
 */
const meanings: Readonly<Record<string, CodeMeaning>> = {
  TaskIsBeingProcessed: { disposition: "wait", effect: "none" },

  Throttling: {
    disposition: "retry",
    effect: "none",
    throttles: true,
    advice:
      "The account is asked more often than it allows, by others too: try later, or with a lower `--parallel`.",
  },
  SignatureNonceUsed: inTrouble,
  Busy: inTrouble,
  Failed: inTrouble,
  InternalError: inTrouble,
  NetworkIOError: inTrouble,
  Networkioerror: inTrouble,
  QueryRegistryFailed: inTrouble,
  ServiceUnavailable: inTrouble,

  DomainNotExist: {
    ...fatalForKey,
    advice:
      "The domain is not in the account of this access key, or the site is the wrong one (alicloud-dnssec:site). " +
      "If the domain is really gone, `pulumi state delete` forgets its records.",
  },
  Forbidden: { ...fatalForKey, advice: policyAdvice },
  "Forbidden.RiskControl": {
    ...fatalForKey,
    advice: "The vendor's risk control blocks this account: see its console.",
  },
  "Forbidden.UserVerification": {
    ...fatalForKey,
    advice: "The account has to pass real-name verification first.",
  },
  IncompleteSignature: { ...fatalForKey, advice: keyAdvice, quotesRequest: true },
  // Wrong endpoint or version: there is no such action, product or version where the call went.
  "InvalidApi.NotFound": { ...fatalForCall, advice: pairAdvice },
  "InvalidProduct.NotFound": { ...fatalForCall, advice: pairAdvice },
  NoSuchVersion: { ...fatalForCall, advice: pairAdvice },
  UnsupportedOperation: { ...fatalForCall, advice: pairAdvice },

  InvalidAccessKeyId: { ...fatalForKey, rejectsKey: true, advice: keyAdvice },
  InvalidSecurityToken: {
    ...fatalForKey,
    rejectsKey: true,
    advice: "The security token does not belong to the key, or has expired.",
  },
  InvalidTimeStamp: { ...fatalForCall, advice: "Check this machine's clock." },
  InvaildParameter: fatalForCall,
  ParameterIllegal: fatalForCall,
  ParameterIllegall: fatalForCall,
  SignatureDoesNotMatch: { ...fatalForKey, advice: keyAdvice, quotesRequest: true },
};

/** The gateway's validation, with the name of a parameter: MissingDomainName, InvalidPageSize. */
const validation = /^(Missing|Invalid)[A-Z]\w*$/;

/** What a code means. One that nobody knows is fatal, and does not say that nothing has happened. */
export function meaningOf(code: string): CodeMeaning {
  for (let prefix = code; prefix !== ""; prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf(".")))) {
    const meaning = Object.hasOwn(meanings, prefix) ? meanings[prefix] : undefined;
    if (meaning) return meaning;
  }
  return validation.test(code) ? fatalForCall : { disposition: "fatal", effect: "possible" };
}
