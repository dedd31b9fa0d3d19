import { boundedProvider } from "../../../provider/alicloud/credentials/boundedProvider";
import type { LibraryRequester } from "../../../provider/alicloud/credentials/request";
import { rejection } from "../bed";

const asked = { method: "GET", toRequestURL: () => "http://127.0.0.1/" };
const answer = (statusCode: number) => ({ statusCode, headers: {}, body: Buffer.from("") });

/** A provider like the library's: it makes requests, and its own errors are to be hidden. */
function libraryProvider(requests: number) {
  const provider = {
    requests,
    doRequest: undefined as LibraryRequester | undefined,
    async getCredentials(): Promise<unknown> {
      for (let n = 0; n < provider.requests; n += 1) await provider.doRequest?.(asked);
      throw new Error("CANARY");
    },
  };
  return provider;
}

const hidden = /its message is hidden/;

test("the last answer of a failure is its reason", async () => {
  const answers = [answer(200), answer(403)];
  const provider = boundedProvider(libraryProvider(2), async () => answers.shift() ?? answer(500), 1_000);
  expect((await rejection(provider.getCredentials())).message).toBe("the answer was HTTP 403");
});

test("an answer before a request without one is not the reason", async () => {
  const answers = [answer(200)];
  const request: LibraryRequester = async () => {
    const next = answers.shift();
    if (!next) throw new Error("CANARY");
    return next;
  };
  const provider = boundedProvider(libraryProvider(2), request, 1_000);
  expect((await rejection(provider.getCredentials())).message).toMatch(hidden);
});

test("an answer to an earlier call is not the reason of a later failure", async () => {
  const library = libraryProvider(1);
  const provider = boundedProvider(library, async () => answer(403), 1_000);
  expect((await rejection(provider.getCredentials())).message).toBe("the answer was HTTP 403");
  library.requests = 0;
  expect((await rejection(provider.getCredentials())).message).toMatch(hidden);
});

test("a provider that never ends runs out of time", async () => {
  const endless = { getCredentials: () => new Promise<never>(() => undefined) };
  const error = await rejection(boundedProvider(endless, async () => answer(200), 1).getCredentials());
  expect(error.message).toBe("there was no answer in time");
});
