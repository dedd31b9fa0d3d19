import { systemClock, type Clock } from "../../provider/concurrency/clock";
import { heldClock } from "../harness/clocks";
import { rejection } from "../rejection";
import {
  a,
  bed,
  child,
  createClient,
  ds,
  hosts,
  key,
  ns,
  nxdomain,
  referral,
  root,
  soa,
  type Zone,
} from "./loopbackBed";
import { closeServers, reply, type Asked } from "./scriptedServer";

afterEach(closeServers);

const parent: Zone = {
  "example.test NS": referral(ns("example.test", "ns1.example.test"), a("ns1.example.test", "127.0.0.5")),
  "other.test NS": referral(ns("other.test", "ns1.other.test"), a("ns1.other.test", "127.0.0.5")),
  "example.test DS": [ds],
};

async function wholeBed() {
  const servers = await bed();
  const resolver = await servers.server(2, root);
  const parents = [await servers.server(3, parent), await servers.server(4, parent)];
  const children = await servers.server(5, child);
  /** Number of questions to the resolver, to the parent's servers and to the child's. */
  const counts = () => [resolver, ...parents, children].map(({ asked }) => asked.length);
  return { servers, resolver, parents, children, counts };
}

describe("the memory:", () => {
  test("a known parent server takes one question, a known child server two", async () => {
    const { servers, parents, children, counts } = await wholeBed();
    const client = createClient(servers);
    await Promise.all([client.keys("example.test"), client.ds("example.test")]);
    const before = counts();
    await Promise.all([client.keys("example.test"), client.ds("example.test")]);
    expect(counts().map((count, index) => count - (before[index] ?? 0))).toEqual([0, 1, 1, 2]);
    const asked = [...parents, children].flatMap((server) => server.asked);
    expect(asked.every(({ transport, edns, flags }) => transport === "udp" && edns && flags === 0)).toBe(
      true,
    );
  });

  test("a search in flight serves all records of a domain, and all domains of a zone", async () => {
    const { servers, counts } = await wholeBed();
    const client = createClient(servers);
    const domains = [...Array<string>(20).fill("example.test"), "other.test"];
    const all = await Promise.all(domains.flatMap((name) => [client.keys(name), client.ds(name)]));
    expect(all.every(({ problem }) => problem === undefined)).toBe(true);
    // One NS and four addresses; two delegations and 21 DS; 21 DNSKEY and 21 SOA.
    expect(counts()).toEqual([5, 23, 23, 42]);
  });

  test("lasts a minute", async () => {
    const { servers, resolver } = await wholeBed();
    let now = Date.now();
    const client = createClient(servers, { ...systemClock, now: () => now });
    for (const [ms, searches] of [
      [0, 1],
      [59_000, 1],
      [1_000, 2],
      [59_999, 2],
    ] as const) {
      now += ms;
      await client.ds("example.test");
      expect(resolver.asked.filter(({ type }) => type === "NS")).toHaveLength(searches);
    }
  });

  test("keeps no problem", async () => {
    const servers = await bed();
    const zone: Record<string, Zone[string]> = { ...root, "test NS": { rcode: 2 } };
    await servers.server(2, zone);
    await servers.server(3, parent);
    const client = createClient(servers);
    expect(await client.ds("example.test")).toMatchObject({
      answers: [],
      problem: { code: "SERVERS_NOT_FOUND" },
    });
    zone["test NS"] = [ns("test", "a.nic.test")];
    expect(await client.ds("example.test")).toMatchObject({ answers: [{ outcome: "answered" }] });
  });

  test("keeps apart what given parent servers say", async () => {
    const { servers, counts } = await wholeBed();
    await servers.server(6, { "example.test NS": nxdomain });
    const client = createClient(servers);
    await client.keys("example.test");
    const elsewhere = await client.keys("example.test", { parentNameServers: hosts(servers, 6) });
    expect(elsewhere.problem).toMatchObject({ code: "NOT_DELEGATED" });
    const again = await client.keys("example.test", { parentNameServers: hosts(servers, 3) });
    expect(again.answers).toMatchObject([{ outcome: "answered" }]);
    expect(counts()).toEqual([5, 2, 1, 4]);
  });
});

describe("an aborted signal", () => {
  const reason = new Error("enough");

  test("ends the search and the questions, and is the only rejection", async () => {
    const servers = await bed();
    const controller = new AbortController();
    const silent = await servers.server(2, () => controller.abort(reason));
    const error = await rejection(createClient(servers).keys("example.test", { signal: controller.signal }));
    expect(error).toBe(reason);
    expect(silent.asked).toHaveLength(1);
    const before = await rejection(
      createClient(servers).ds("example.test", { signal: AbortSignal.abort(reason) }),
    );
    expect(before).toBe(reason);
    expect(silent.asked).toHaveLength(1);
  });

  test("of one caller does not end a search for another", async () => {
    const { servers, resolver } = await wholeBed();
    const client = createClient(servers);
    const controller = new AbortController();
    const first = client.ds("example.test", { signal: controller.signal });
    const second = client.ds("example.test");
    controller.abort(reason);
    expect(await rejection(first)).toBe(reason);
    expect(await second).toMatchObject({ answers: [{ outcome: "answered" }, { outcome: "answered" }] });
    expect(resolver.asked.filter(({ type }) => type === "NS")).toHaveLength(1);
  });

  test("of all ends it, and the next caller searches again", async () => {
    const { servers } = await wholeBed();
    const client = createClient(servers);
    const controller = new AbortController();
    const both = [1, 2].map(() => rejection(client.ds("example.test", { signal: controller.signal })));
    controller.abort(reason);
    expect(await Promise.all(both)).toEqual([reason, reason]);
    expect(await client.ds("example.test")).toMatchObject({ answers: [{ outcome: "answered" }, {}] });
  });
});

test("keys and data are asked for at the same time", async () => {
  const servers = await bed();
  const waiting: Asked[] = [];
  const answerBoth = (asked: Asked) => {
    if (waiting.push(asked) < 2) return;
    for (const one of waiting)
      one.send(reply(one, { answers: one.type === "SOA" ? [soa("example.test")] : [key] }));
  };
  await servers.server(5, answerBoth);
  const { answers } = await createClient(servers).keys("example.test", { nameServers: hosts(servers, 5) });
  expect(waiting.map(({ type }) => type).sort()).toEqual(["DNSKEY", "SOA"]);
  expect(answers).toMatchObject([{ outcome: "answered", data: { soa: [{}] } }]);
});

describe("time", () => {
  test("that ends during the search is a problem", async () => {
    const servers = await bed();
    const clock = heldClock();
    await servers.server(2, () => clock.advance(2_000));
    const observed = await createClient(servers, clock).keys("example.test", { timeoutMs: 2_000 });
    const message = "the name servers could not be found in time";
    expect(observed).toEqual({ answers: [], problem: { code: "SERVERS_NOT_FOUND", message } });
  });

  test("that ends during the questions is silence of the unanswered servers", async () => {
    const servers = await bed();
    await servers.server(5, child);
    await servers.server(6, () => undefined);
    const given = hosts(servers, 5, 6);
    const observed = await createClient(servers).keys("example.test", {
      nameServers: given,
      timeoutMs: 1_000,
    });
    expect(observed.answers).toMatchObject([{ outcome: "answered" }, { outcome: "silent" }]);
  });

  test("of a silent resolver is half a second, then the next one is asked too", async () => {
    const servers = await bed();
    const hasty: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 5, signal) };
    const silent = await servers.server(6, () => undefined);
    const refusing = await servers.server(7, (asked) => asked.send(reply(asked, { rcode: 5 })));
    await servers.server(2, root);
    await servers.server(3, parent);
    await servers.server(4, parent);
    const observed = await createClient(servers, hasty, [6, 7, 2]).ds("example.test");
    expect(observed.answers).toMatchObject([{ outcome: "answered" }, { outcome: "answered" }]);
    expect([silent, refusing].every(({ asked }) => asked.length > 0)).toBe(true);
  });
});

test("empty lists of servers mean no list", async () => {
  const { servers } = await wholeBed();
  const none = { nameServers: [], parentNameServers: [] };
  expect(await createClient(servers).keys("example.test", none)).toMatchObject({
    answers: [{ outcome: "answered" }],
  });
  expect((await createClient(servers).ds("example.test", none)).answers).toHaveLength(2);
});

test("a hundred domains at once", async () => {
  const servers = await bed();
  const domains = Array.from({ length: 100 }, (_, index) => `d${index}.test`);
  await servers.server(2, root);
  const delegation = (asked: Asked) =>
    asked.send(
      asked.type === "NS"
        ? reply(asked, referral(ns(asked.name, `ns.${asked.name}`), a(`ns.${asked.name}`, "127.0.0.5")))
        : reply(asked, { answers: [{ ...ds, name: asked.name }] }),
    );
  await servers.server(3, delegation);
  await servers.server(4, delegation);
  await servers.server(5, (asked) => asked.send(reply(asked, { answers: [{ ...key, name: asked.name }] })));
  const client = createClient(servers);
  const all = await Promise.all(domains.flatMap((name) => [client.keys(name), client.ds(name)]));
  const outcomes = all.flatMap(({ answers }) => answers.map(({ outcome }) => outcome));
  expect(outcomes).toEqual(Array(300).fill("answered"));
});

test("a delegation with too many servers: the limit of them is asked", async () => {
  const servers = await bed();
  const many = Array.from({ length: 200 }, (_, index) => index);
  const delegation: Zone = {
    "example.test NS": {
      flags: 0,
      authorities: many.map((index) => ns("example.test", `n${index}.example.test`)),
      additionals: many.flatMap((index) =>
        [1, 2].map((part) => a(`n${index}.example.test`, `127.${part}.1.${index}`)),
      ),
    },
  };
  await servers.server(2, root);
  await servers.server(3, delegation);
  await servers.server(4, delegation);
  const { answers } = await createClient(servers).keys("example.test");
  expect(answers).toHaveLength(32);
  expect(new Set(answers.map(({ server }) => server.split(" ")[0])).size).toBe(32);
});
