import { Chain, type Link } from "../../../provider/alicloud/credentials/chain";
import { rejection } from "../bed";
import { cleanUp, newBed, server, session, temporary } from "./bed";
import { leapingClock } from "../../harness/clocks";

afterEach(cleanUp);

const credentials = (n: number) => ({ accessKeyId: `id-${n}`, accessKeySecret: `secret-${n}` });

interface FakeLink extends Link {
  opened: number;
  asked: number;
  /** Returns credentials, or throws for a failure. */
  answer: (n: number) => unknown;
  applies: boolean;
}

function link(name: string, answer: FakeLink["answer"] = credentials): FakeLink {
  const fake: FakeLink = {
    name,
    answer,
    opened: 0,
    asked: 0,
    applies: true,
    absence: () => (fake.applies ? undefined : "it is not there"),
    open: () => {
      fake.opened += 1;
      const getCredentials = async () => Promise.resolve(fake.answer((fake.asked += 1)));
      return Promise.resolve({ getCredentials });
    },
  };
  return fake;
}

const fails = (): never => {
  throw new Error("CANARY");
};

function chainOf(...links: FakeLink[]) {
  const clock = leapingClock();
  return { clock, chain: new Chain({ links, missing: ["before: not set"], env: {}, clock }) };
}

test("the first link that gives credentials is used, and later links are not asked", async () => {
  const [absent, second, third] = [link("the first"), link("the second"), link("the third")];
  absent.applies = false;
  const { chain } = chainOf(absent, second, third);
  expect(await chain.get()).toEqual(credentials(1));
  expect(chain.name).toBe("the second");
  expect([absent.opened, third.opened]).toEqual([0, 0]);
});

test("a link that fails is skipped, and the name says so", async () => {
  const { chain } = chainOf(link("the first", fails), link("the second"));
  expect(await chain.get()).toEqual(credentials(1));
  expect(chain.name).toBe(
    "the second (the first: failed, it gave no credentials, and its message is hidden because it can hold secrets)",
  );
});

test("a run stays with the link that has given credentials", async () => {
  const [first, second] = [link("the first", fails), link("the second")];
  const { chain } = chainOf(first, second);
  await chain.get();
  first.answer = () => credentials(99);
  expect(await chain.renew()).toEqual(credentials(2));
  expect(first.opened).toBe(1);
});

test("after a total failure every link is tried again", async () => {
  const [first, second] = [link("the first", fails), link("the second", fails)];
  const { chain } = chainOf(first, second);
  const error = await rejection(chain.get());
  expect(error.code).toBe("CREDENTIALS_UNAVAILABLE");
  expect(error.message).toMatch(
    /^No Alibaba Cloud credentials could be obtained\..*\n- before: not set\n- the first: failed, .*\n- the second: failed, .*\nFix what failed.* No other request was sent to Alibaba Cloud\.$/,
  );
  first.answer = credentials;
  expect(await chain.get()).toEqual(credentials(2));
  expect(second.opened).toBe(1);
});

test("the library's own providers recover too", async () => {
  let works = false;
  const { url } = await server((response) =>
    response.writeHead(works ? 200 : 500).end(JSON.stringify(session())),
  );
  const { chain, write } = newBed({ ALIBABA_CLOUD_CREDENTIALS_URI: url });
  const [one, another] = [chain(), chain()];
  for (const source of [one, another]) await rejection(source.get());
  works = true;
  expect(await one.get()).toEqual(temporary);
  // Links before the one that was asked last are tried again too.
  const [id, secret] = ["LTAI-in-the-file", "in-the-file"];
  const profile = { name: "a", mode: "AK", access_key_id: id, access_key_secret: secret };
  write(".aliyun/config.json", { current: "a", profiles: [profile] });
  expect(await another.get()).toEqual({ accessKeyId: id, accessKeySecret: secret });
});

describe("get", () => {
  test("simultaneous calls share one answer", async () => {
    const first = link("the first");
    const { chain } = chainOf(first);
    expect(await Promise.all([chain.get(), chain.get(), chain.get()])).toEqual(Array(3).fill(credentials(1)));
    expect(first.asked).toBe(1);
  });

  test("an answer is kept for 30 s, then the same provider is asked", async () => {
    const first = link("the first");
    const { chain, clock } = chainOf(first);
    await chain.get();
    clock.advance(29_999);
    expect(await chain.get()).toEqual(credentials(1));
    clock.advance(1);
    expect(await chain.get()).toEqual(credentials(2));
    expect([first.opened, first.asked]).toEqual([1, 2]);
  });

  test("old credentials are still used when no new ones can be fetched", async () => {
    const first = link("the first");
    const { chain, clock } = chainOf(first);
    await chain.get();
    first.answer = fails;
    clock.advance(30_000);
    expect(await chain.get()).toEqual(credentials(1));
    first.answer = credentials;
    expect(await chain.get()).toEqual(credentials(1));
    clock.advance(30_000);
    expect(await chain.get()).toEqual(credentials(3));
  });
});

describe("a renewal", () => {
  test("is shared by all callers, uses a new provider, and delays calls made meanwhile", async () => {
    const first = link("the first");
    const { chain } = chainOf(first);
    await chain.get();
    expect(await Promise.all([chain.renew(), chain.renew(), chain.get()])).toEqual(
      Array(3).fill(credentials(2)),
    );
    expect([first.opened, first.asked]).toEqual([2, 2]);
    expect(await chain.get()).toEqual(credentials(2));
  });

  test("is not undone by a slow answer to an earlier call", async () => {
    const answers: ((n: number) => void)[] = [];
    const first = link(
      "the first",
      () => new Promise((resolve) => answers.push((n) => resolve(credentials(n)))),
    );
    const { chain, clock } = chainOf(first);
    const turn = async () => new Promise((resolve) => setImmediate(resolve));
    const initial = chain.get();
    await turn();
    answers[0]?.(1);
    await initial;
    clock.advance(30_000);
    const [slow, renewed] = [chain.get(), chain.renew()];
    await turn();
    answers[2]?.(3);
    expect(await renewed).toEqual(credentials(3));
    answers[1]?.(2);
    expect(await slow).toEqual(credentials(2));
    expect(await chain.get()).toEqual(credentials(3));
  });

  test("that fails says so, and the next renewal tries again", async () => {
    const first = link("the first");
    const { chain } = chainOf(first, link("the second"));
    await chain.get();
    first.answer = fails;
    const error = await rejection(chain.renew());
    expect(error.message).toBe(
      "The credentials of this run could not be renewed (the first: failed, it gave no credentials, and its message is hidden because it can hold secrets). Fix that, then run it again.",
    );
    expect(error.code).toBe("CREDENTIALS_UNAVAILABLE");
    first.applies = false;
    expect((await rejection(chain.renew())).message).toContain("the first: it is not there");
    Object.assign(first, { applies: true, answer: credentials });
    expect(await chain.renew()).toEqual(credentials(3));
  });
});
