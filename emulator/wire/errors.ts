/** A refusal of the API, sent as `{ Code, Message, … }` with an HTTP status. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;

  /** Message and status default to those of the code. */
  constructor(code: string, message?: string, status?: number) {
    const known = Object.hasOwn(vendorErrors, code) ? vendorErrors[code] : undefined;
    super(message ?? known?.message ?? "The request was refused.");
    this.name = "ApiError";
    this.code = code;
    this.status = status ?? known?.status ?? 400;
  }
}

/** HTTP status and English text of each code. vendor.md says which the vendor documents. */
const vendorErrors: Readonly<Record<string, { readonly status: number; readonly message: string }>> = {
  // The Domain product
  Busy: { status: 400, message: "The server is busy. Please try again later." },
  DomainNotExist: { status: 400, message: "The domain name does not exist." },
  Failed: { status: 400, message: "The query failed." },
  NetworkIOError: { status: 400, message: "Network IO error." },
  ParameterIllegal: { status: 400, message: "The parameter is invalid." },
  QueryRegistryFailed: { status: 400, message: "Failed to query the registry." },
  TaskIsBeingProcessed: { status: 400, message: "An operation is being processed. Please try again later." },

  // The gateway: the caller
  Forbidden: { status: 403, message: "You are not authorized to perform this operation." },
  "Forbidden.RAM": { status: 403, message: "User not authorized to operate on the specified resource." },
  "Forbidden.RiskControl": { status: 403, message: "This operation is blocked by risk control." },
  "Forbidden.UserVerification": {
    status: 403,
    message: "The account has not passed real-name verification.",
  },
  "InvalidAccessKeyId.Inactive": { status: 400, message: "Specified access key is disabled." },
  "InvalidAccessKeyId.NotFound": { status: 404, message: "Specified access key is not found." },
  "InvalidSecurityToken.Expired": { status: 400, message: "Specified SecurityToken is expired." },
  "InvalidSecurityToken.Malformed": { status: 400, message: "Specified SecurityToken is malformed." },
  "InvalidSecurityToken.MismatchWithAccessKey": {
    status: 400,
    message: "Specified SecurityToken mismatch with the AccessKey.",
  },

  // The gateway: the form and age of a request
  IncompleteSignature: { status: 400, message: "The request signature does not conform to the standards." },
  InvalidFormat: { status: 400, message: "This emulator answers in JSON only: send Format=JSON." },
  "InvalidTimeStamp.Expired": { status: 400, message: "Specified time stamp or date value is expired." },
  "InvalidTimeStamp.Format": {
    status: 400,
    message: "Specified time stamp or date value is not well formatted.",
  },
  RequestTooLarge: { status: 413, message: "The request body is too large." },
  SignatureDoesNotMatch: {
    status: 400,
    message: "Specified signature is not matched with our calculation.",
  },
  SignatureNonceUsed: { status: 400, message: "Specified signature nonce was used already." },
  UnsupportedHTTPMethod: { status: 405, message: "This http method is not supported." },

  // The gateway: the action
  "InvalidApi.NotFound": {
    status: 404,
    message: "Specified api is not found, please check your url and method.",
  },
  NoSuchVersion: { status: 400, message: "The specified version does not exist." },
  UnsupportedOperation: { status: 400, message: "The specified action is not supported." },

  // The gateway: temporary refusals
  InternalError: { status: 500, message: "The request processing has failed due to some unknown error." },
  ServiceUnavailable: {
    status: 503,
    message: "The request has failed due to a temporary failure of the server.",
  },
  Throttling: { status: 400, message: "Request was denied due to request throttling." },
  "Throttling.Api": { status: 400, message: "Request was denied due to api flow control." },
  "Throttling.User": { status: 400, message: "Request was denied due to user flow control." },
};

export function missingParameter(name: string): ApiError {
  return new ApiError(`Missing${name}`, `${name} is mandatory for this action.`, 400);
}

/**
 * Creates the refusal of a value of the wrong type. {@link illegalParameter} is for a value of the
 * right type that the product refuses.
 */
export function invalidParameter(name: string): ApiError {
  return new ApiError(`Invalid${name}`, `Specified parameter ${name} is not valid.`, 400);
}

export function illegalParameter(name: string, why: string): ApiError {
  return new ApiError("ParameterIllegal", `The parameter ${name} is invalid: ${why}.`);
}
