import { codeMeanings, fatalForCall } from "../../provider/alicloud/errorCodes";

const advice = "Ask for the policy.";
const meaningOf = codeMeanings({
  Locked: { disposition: "wait", effect: "none" },
  Forbidden: { ...fatalForCall, advice },
});

test.each<[string, object]>([
  ["Locked", { disposition: "wait" }],
  ["Locked.ByAnother", { disposition: "wait" }],
  ["Throttling.User", { disposition: "retry", throttles: true }],
  ["InternalError", { disposition: "retry", effect: "possible" }],
  ["MissingName", { disposition: "fatal", effect: "none" }],
  ["NoSuchVersion", { disposition: "fatal", concernsEndpoint: true }],
  ["Forbidden.RAM", { advice }],
  ["Forbidden.RiskControl", { advice: expect.stringContaining("risk control") }],
  // The general table has no codes of the Domain API.
  ["DomainNotExist", { disposition: "fatal", effect: "possible" }],
  ["TaskIsBeingProcessed", { disposition: "fatal", effect: "possible" }],
])("general codes and those of one API: %s", (code, meaning) => {
  expect(meaningOf(code)).toMatchObject(meaning);
});
