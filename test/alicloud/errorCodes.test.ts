import { meaningOf } from "../../provider/alicloud/errorCodes";

const nothingHappened = "none";
const maybe = "possible";

/** Codes as the vendor documents them, or as they were seen, and what they mean. */
const codes: [string, string, string][] = [
  ["TaskIsBeingProcessed", "wait", nothingHappened],
  ["Throttling", "retry", nothingHappened],
  ["Throttling.User", "retry", nothingHappened],
  ["Throttling.Api", "retry", nothingHappened],
  ["SignatureNonceUsed", "retry", maybe],
  ["Busy", "retry", maybe],
  ["Failed", "retry", maybe],
  ["InternalError", "retry", maybe],
  ["NetworkIOError", "retry", maybe],
  ["Networkioerror", "retry", maybe],
  ["QueryRegistryFailed", "retry", maybe],
  ["ServiceUnavailable", "retry", maybe],
  ["DomainNotExist", "fatal", nothingHappened],
  ["Forbidden", "fatal", nothingHappened],
  ["Forbidden.RAM", "fatal", nothingHappened],
  ["InvalidAccessKeyId.NotFound", "fatal", nothingHappened],
  ["InvalidTimeStamp.Expired", "fatal", nothingHappened],
  ["SignatureDoesNotMatch", "fatal", nothingHappened],
  ["MissingDomainName", "fatal", nothingHappened],
  ["InvalidPageSize", "fatal", nothingHappened],
  ["ParameterIllegal", "fatal", nothingHappened],
  ["ParameterIllegall", "fatal", nothingHappened],
  ["InvaildParameter", "fatal", nothingHappened],
  ["ThrottlingOfAnotherKind", "fatal", maybe],
  ["NobodyKnowsThisCode", "fatal", maybe],
  ["Invalidated", "fatal", maybe],
  ["constructor", "fatal", maybe],
  ["", "fatal", maybe],
  [".", "fatal", maybe],
];

test.each(codes)("%s: %s, effect %s", (code, disposition, effect) => {
  expect(meaningOf(code)).toMatchObject({ disposition, effect });
});

const advice: [string, RegExp][] = [
  ["Forbidden.RAM", /domain:DnsSecSetting/],
  ["Forbidden.UserVerification", /real-name/],
  ["InvalidApi.NotFound", /alicloud-dnssec:site/],
  ["NoSuchVersion", /alicloud-dnssec:site/],
  ["InvalidTimeStamp.Expired", /clock/],
  ["DomainNotExist", /pulumi state delete/],
];

test.each(advice)("%s has advice", (code, text) => {
  expect(meaningOf(code).advice).toMatch(text);
});
