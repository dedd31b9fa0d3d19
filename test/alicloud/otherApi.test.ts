import type { Api } from "../../provider/alicloud/api";
import { codeMeanings } from "../../provider/alicloud/errorCodes";
import { RateLimiter } from "../../provider/alicloud/rateLimiter";
import { createTransport } from "../../provider/alicloud/transport";
import { answering, closeAll, deadline, deadUrl, rejection, settingsOf } from "./bed";
import { heldClock } from "../harness/clocks";

afterEach(closeAll);

/** An API that is not the Domain API, as Alibaba Cloud DNS will be. */
const api: Api = {
  name: "Alibaba Cloud DNS",
  endpointSetting: "the endpoint of the test",
  wrongEndpoint: "See the endpoint of the test.",
  doubt: "The zone may have changed anyway.",
  codes: { refused: "CONFIG_INVALID", unavailable: "UNEXPECTED", answerInvalid: "STATE_INVALID" },
  meaningOf: codeMeanings({ ZoneLocked: { disposition: "wait", effect: "none" } }),
};

const call = { action: "EnableZone", what: "Enabling the zone", writes: true, params: { Zone: "z-1" } };

type Server = Parameters<typeof settingsOf>[0];

const failure = (server: Server) => rejection(createTransport(api, settingsOf(server)).send(call));

const answer = (status: number, body: object) =>
  answering(JSON.stringify({ RequestId: "R-1", ...body }), status);

test("calls carry the parameters of the API", async () => {
  const server = await answer(200, {});
  const settings = { ...settingsOf(server), parameters: { Region: "cn" } };
  const transport = createTransport(api, settings);
  expect((await transport.send(call)).answered.requestId).toBe("R-1");
  expect(server.received).toEqual([
    expect.objectContaining({ Action: "EnableZone", Zone: "z-1", Region: "cn" }),
  ]);
  expect(server.received[0]).not.toHaveProperty("Lang");
  await expect(transport.send({ ...call, params: { region: "eu" } })).rejects.toThrow(TypeError);
});

test.each<[string, () => Promise<Server>, string, object, string]>([
  ["its own code", () => answer(400, { Code: "ZoneLocked" }), "CONFIG_INVALID", { disposition: "wait" }, ""],
  [
    "a general code",
    () => answer(400, { Code: "Throttling.User" }),
    "CONFIG_INVALID",
    { throttles: true },
    "",
  ],
  [
    "a wrong endpoint",
    () => answer(404, { Code: "InvalidApi.NotFound" }),
    "CONFIG_INVALID",
    {},
    "See the endpoint of",
  ],
  [
    "a code of another API",
    () => answer(400, { Code: "DomainNotExist" }),
    "CONFIG_INVALID",
    { effect: "possible" },
    "zone may",
  ],
  [
    "an odd answer",
    () => answering("<html>"),
    "STATE_INVALID",
    { effect: "possible" },
    "other than Alibaba Cloud DNS",
  ],
])("%s: the error has the API's code and words", async (_, start, code, meaning, words) => {
  const error = await failure(await start());
  expect(error).toMatchObject({ code, ...meaning });
  expect(error.message).toContain(words);
  expect(error.message).not.toMatch(/registrar|task|alicloud-dnssec/i);
});

test("no answer: the error has the API's code and words", async () => {
  const { credentials } = await answer(200, {});
  const error = await failure({ url: await deadUrl(), credentials });
  expect(error).toMatchObject({ code: "UNEXPECTED", disposition: "retry", effect: "none" });
  expect(error.message).toContain("the endpoint of the test");
});

test("the rate limit is that of the API", async () => {
  const clock = heldClock();
  const limiter = new RateLimiter(api, clock);
  const forever = () => new Promise<never>(() => undefined);
  for (let n = 0; n < 8; n += 1) void limiter.run("Occupying", forever, deadline());
  const error = await rejection(limiter.run("Late", forever, deadline({ until: clock.now() - 1 })));
  expect(error).toMatchObject({ code: "UNEXPECTED" });
  expect(error.message).toContain("rate limit of Alibaba Cloud DNS");
});
