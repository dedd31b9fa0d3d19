import { refusalError } from "../../provider/alicloud/errors";
import { domainApi } from "../../provider/registrar/domainApi";
import { meaningOf } from "../../provider/registrar/errorCodes";

/** Codes that the vendor documents or that were seen, their disposition, and their effect. */
const codes: [string, string, string][] = [
  ["TaskIsBeingProcessed", "wait", "none"],
  ["Throttling", "retry", "none"],
  ["Throttling.User", "retry", "none"],
  ["Throttling.Api", "retry", "none"],
  ["SignatureNonceUsed", "retry", "possible"],
  ["Busy", "retry", "possible"],
  ["Failed", "retry", "possible"],
  ["InternalError", "retry", "possible"],
  ["NetworkIOError", "retry", "possible"],
  ["Networkioerror", "retry", "possible"],
  ["QueryRegistryFailed", "retry", "possible"],
  ["ServiceUnavailable", "retry", "possible"],
  ["DomainNotExist", "fatal", "none"],
  ["Forbidden", "fatal", "none"],
  ["Forbidden.RAM", "fatal", "none"],
  ["InvalidAccessKeyId.NotFound", "fatal", "none"],
  ["InvalidTimeStamp.Expired", "fatal", "none"],
  ["SignatureDoesNotMatch", "fatal", "none"],
  ["MissingDomainName", "fatal", "none"],
  ["InvalidPageSize", "fatal", "none"],
  ["ParameterIllegal", "fatal", "none"],
  ["ParameterIllegall", "fatal", "none"],
  ["InvaildParameter", "fatal", "none"],
  ["ThrottlingOfAnotherKind", "fatal", "possible"],
  ["NobodyKnowsThisCode", "fatal", "possible"],
  ["Invalidated", "fatal", "possible"],
  ["constructor", "fatal", "possible"],
  ["", "fatal", "possible"],
  [".", "fatal", "possible"],
];

test.each(codes)("%s: %s, effect %s", (code, disposition, effect) => {
  expect(meaningOf(code)).toMatchObject({ disposition, effect });
});

const asked = {
  api: domainApi,
  action: "QueryDSRecord",
  what: "Reading",
  host: "domain.example",
  key: "the key",
  writes: false,
};

const advice: [string, RegExp][] = [
  ["Forbidden.RAM", /domain:DnsSecSetting/],
  ["Forbidden.UserVerification", /real-name/],
  ["InvalidApi.NotFound", /alicloud-dnssec:site/],
  ["InvalidProduct.NotFound", /alicloud-dnssec:site/],
  ["NoSuchVersion", /alicloud-dnssec:site/],
  ["UnsupportedOperation", /alicloud-dnssec:site/],
  ["InvalidTimeStamp.Expired", /clock/],
  ["DomainNotExist", /pulumi state delete/],
];

test.each(advice)("the message of %s has advice", (code, text) => {
  expect(refusalError(asked, { status: 400 }, { code, message: "" }).message).toMatch(text);
});
