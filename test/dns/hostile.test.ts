import { systemClock } from "../../provider/concurrency/clock";
import type { Message } from "../../provider/dns/message";
import { recordTypes } from "../../provider/dnssec/recordTypes";
import { readMessage } from "../../provider/dns/message";
import captures from "../fixtures/dns/captures.json";
import { octets } from "../preflight/validator/forge";
import { ask, question, withKey } from "./asking";
import { bed, createClient, hosts } from "./loopbackBed";
import { closeServers, rawMessage, rawRecord, toQuestion, type Asked } from "./scriptedServer";

afterEach(closeServers);

const asked = { id: 7, name: "example.com", type: "DNSKEY" };
const pointer = (to: number) => Buffer.of(0xc0 | (to >> 8), to & 0xff);
const start = rawMessage(asked, []).length;
const rdataAt = start + toQuestion.length + 10;

/** A record of an unread type, whose RDATA the names of other records point into. */
const holding = (rdata: Buffer) => rawRecord(toQuestion, 0xff00, rdata);
const ownedBy = (to: number, type: number = recordTypes.DNSKEY, rdata: Buffer = Buffer.alloc(0)) =>
  rawRecord(pointer(to), type, rdata);
const many = <T>(count: number, item: (index: number) => T) =>
  Array.from({ length: count }, (_, i) => item(i));

/** Each pointer leads to the one before, and the first to the root. */
const chain = (length: number) =>
  octets(0, ...many(length, (index) => pointer(index === 0 ? rdataAt : rdataAt + 1 + 2 * (index - 1))));
const label = (length: number) => octets(length, Buffer.alloc(length, 0x61));
const longest = octets(label(63), label(63), label(63), label(61), 0);
const letters = octets(...many(8_000, () => label(1)), 0);
const end = rdataAt + letters.length;

/** 126 labels, each the start of a name. */
const longNames = octets(...many(126, () => label(1)), 0);
const within = (index: number, from: number) =>
  rdataAt + longNames.length * (index % 60) + from + 2 * Math.floor(index / 60);

const attacks: readonly (readonly [string, readonly Buffer[]])[] = [
  [
    "127 pointers for every owner",
    [holding(chain(127)), ...many(1_000, () => ownedBy(rdataAt + 2 * 126 + 1))],
  ],
  [
    "127 pointers for every owner, none shared",
    [holding(chain(1_100)), ...many(1_000, (i) => ownedBy(rdataAt + 253 + 2 * i))],
  ],
  [
    "127 labels for every owner, of other lengths",
    [holding(letters), ...many(1_000, (i) => ownedBy(end - 256 - i))],
  ],
  [
    "110 labels for every owner and target, at offsets that none share",
    [
      holding(octets(...many(60, () => longNames))),
      ...many(1_000, (i) => ownedBy(within(i, 0), recordTypes.NS, pointer(within(i, 34)))),
    ],
  ],
  [
    "255 octets before a pointer, again and again",
    [
      holding(longest),
      ...many(1_000, () =>
        rawRecord(octets(0xc0, rdataAt), recordTypes.NS, octets(1, 0x61, pointer(rdataAt + 64))),
      ),
    ],
  ],
  [
    "SOA records with two long names",
    [
      holding(longest),
      ...many(1_000, () =>
        ownedBy(12, recordTypes.SOA, octets(pointer(rdataAt), pointer(rdataAt), Buffer.alloc(20))),
      ),
    ],
  ],
  ["owners that are no names", [holding(letters), ...many(1_000, (i) => ownedBy(rdataAt + 2 * i))]],
  [
    "RDATA that points into later records",
    many(1_000, () => rawRecord(toQuestion, recordTypes.NS, Buffer.of(63))),
  ],
];

/** Maximum number of octets read of a name before its end is known. */
const slack = 11 * 256;

describe("the names of a message take bounded work:", () => {
  test.each(attacks)("%s", (_, records) => {
    const message = rawMessage(asked, records);
    expect(message.length).toBeLessThan(65_536);
    const { nameOctets = 0 } = readMessage(message) ?? {};
    expect(nameOctets).toBeGreaterThan(0);
    expect(nameOctets).toBeLessThanOrEqual(4 * message.length + slack);
  });

  test("if they take more, the message ends", () => {
    const message = rawMessage(asked, attacks[3]?.[1] ?? []);
    const { brokenOffIn, answers = [] } = readMessage(message) ?? {};
    expect(brokenOffIn).toBe("answers");
    expect(answers.length).toBeLessThan(500);
  });

  test("a name is read once for all pointers to it", () => {
    const owner = rawRecord(toQuestion, recordTypes.DNSKEY, Buffer.alloc(4));
    const [one, all] = [1, 1_000].map((count) =>
      readMessage(
        rawMessage(
          asked,
          many(count, () => owner),
        ),
      ),
    );
    expect(all?.answers).toHaveLength(1_000);
    expect((all?.nameOctets ?? 0) - (one?.nameOctets ?? 0)).toBeLessThanOrEqual(2 * 999);
  });
});

describe("answers of BIND, Knot DNS, PowerDNS and unbound are read whole, for a third of that work:", () => {
  const titled = captures.map((one, index) => ({
    title: `${index} ${"from" in one ? one.from : "BIND"}: ${one.name.slice(0, 20)} ${one.type}`,
    ...one,
  }));
  test.each(titled)("$title", ({ hex }) => {
    const message = Buffer.from(hex, "hex");
    const { brokenOffIn, nameOctets = Infinity } = readMessage(message) ?? {};
    expect(brokenOffIn).toBeUndefined();
    expect(nameOctets).toBeLessThanOrEqual((4 / 3) * message.length);
  });

  test("among them 16 keys of 4096 bits with their signatures, 13 servers, and a name of 102 labels", () => {
    const read = captures.map(({ hex }) => readMessage(Buffer.from(hex, "hex")));
    expect(Math.max(...read.map((message) => message?.answers.length ?? 0))).toBe(32);
    expect(read.filter((message) => message?.answers.length === 13)).toHaveLength(3);
    const labels = read.map((message) => message?.question?.name.split(".").length ?? 0);
    expect(Math.max(...labels)).toBeGreaterThan(100);
  });
});

/** The messages that an exchange receives, and those that it reads. */
function counter() {
  const count = { heard: 0, read: 0, nameOctets: 0 };
  const onOctets = (message: Message | undefined) => {
    count.heard += 1;
    count.read += message === undefined ? 0 : 1;
    count.nameOctets += message?.nameOctets ?? 0;
  };
  return { count, onOctets };
}

const attack = attacks[1]?.[1] ?? [];
const wrongQuestion = (one: Asked) => rawMessage({ ...one, name: "example.org" }, attack.slice(0, 100));
const wrongId = (one: Asked) => rawMessage({ ...one, id: one.id ^ 1 }, attack.slice(0, 100));

/** Sends stray datagrams until the client stops listening. */
const flooding = (message: (one: Asked) => Buffer, more: (one: Asked) => void) => (one: Asked) => {
  if (one.transport === "tcp") return more(one);
  for (let count = 0; count < 50; count += 1) one.send(message(one));
};

describe("a server that floods is asked over TCP:", () => {
  test.each([
    ["with the wrong question", wrongQuestion],
    ["with the wrong id", wrongId],
  ])("%s", async (_, message) => {
    const { server } = await bed();
    const flood = await server(
      5,
      flooding(message, (one) => one.send(withKey(one))),
    );
    const { count, onOctets } = counter();
    expect(await ask(flood.at, { onOctets })).toMatchObject({ kind: "answer" });
    expect(flood.asked.map(({ transport }) => transport)).toEqual(["udp", "tcp"]);
    expect(count).toMatchObject({ heard: 8 + 1, read: 1 });
  });

  test("and given up if TCP is no better", async () => {
    const { server } = await bed();
    const flood = await server(
      5,
      flooding(wrongQuestion, (one) => one.send(wrongQuestion(one))),
    );
    const { count, onOctets } = counter();
    expect(await ask(flood.at, { onOctets })).toEqual({
      kind: "silence",
      isUnreachable: false,
      detail:
        "over UDP it sent too many datagrams that do not answer the question, over TCP its response does not answer the question",
    });
    expect(flood.asked.map(({ transport }) => transport)).toEqual(["udp", "tcp", "tcp"]);
    expect(count).toEqual({ heard: 8 + 2, read: 0, nameOctets: 0 });
  });

  test("an answer among the first datagrams is accepted", async () => {
    const { server } = await bed();
    const few = await server(5, (one) => {
      for (let strays = 0; strays < 7; strays += 1) one.send(wrongQuestion(one));
      one.send(withKey(one));
    });
    const { count, onOctets } = counter();
    expect(await ask(few.at, { onOctets })).toMatchObject({ kind: "answer" });
    expect(count).toMatchObject({ heard: 8, read: 1 });
  });
});

test.each([1, 32])("%i flooding servers: no message is read", async (servers) => {
  const set = await bed();
  const all = many(servers, (index) => 10 + index);
  for (const host of all) {
    await set.server(
      host,
      flooding(wrongQuestion, (one) => one.send(wrongQuestion(one))),
    );
  }
  const { count, onOctets } = counter();
  const { answers } = await createClient(set, systemClock, [2], onOctets).keys(question.name, {
    nameServers: hosts(set, ...all),
    timeoutMs: 20_000,
  });
  expect(answers.map(({ outcome }) => outcome)).toEqual(all.map(() => "silent"));
  expect(count).toEqual({ heard: servers * 2 * (8 + 2), read: 0, nameOctets: 0 });
});
