import { isIP } from "node:net";
import packet from "dns-packet";
import fc from "fast-check";
import type { Ds } from "../../provider/dnssec/ds";
import type { Query, Reply } from "../../provider/dns/query";
import { readDsAnswer, readKeyAnswer } from "../../provider/dns/responses";
import { readMessage, type Message, type RawRecord } from "../../provider/dns/message";
import type { Search } from "../../provider/dns/resolver";
import { findDelegated, findParent, type Servers } from "../../provider/dns/nameServers";
import { endOfName, MessageNames } from "../../provider/dns/wireName";
import captures from "../fixtures/dns/captures.json";
import { leapingClock } from "../harness/clocks";
import type { Case } from "./bags";
import { fuzz, leastCases, tally, tallyFile } from "./run";

jest.setTimeout(600_000);

tallyFile("DNS messages, ");

interface Received {
  /** The name in the question. */
  readonly name: string;
  readonly octets: Uint8Array;
}

const captured = fc
  .constantFrom(...captures)
  .map(({ name, hex }) => ({ name, octets: new Uint8Array(Buffer.from(hex, "hex")) }));

/** Octets with a meaning in messages: pointers, lengths, types, ends. */
const octet = fc.oneof(
  fc.integer({ min: 0, max: 255 }),
  fc.constantFrom(0, 1, 2, 11, 12, 41, 43, 46, 48, 63, 64, 127, 128, 191, 192, 193, 255),
);

/** Replaces octets at some place by as many others. */
interface Mutation {
  readonly position: number;
  readonly removed: number;
  readonly added: Uint8Array;
}

const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const place = fc.nat({ max: 65_535 });
const within = (octets: Uint8Array, position: number) => position % Math.max(1, octets.length);

function mutate(octets: Uint8Array, { position, removed, added }: Mutation): Uint8Array {
  const from = within(octets, position);
  return joined(octets.subarray(0, from), added, octets.subarray(from + removed)).slice(0, 65_535);
}

/** A key of one octet, owned by the name in the question. */
const record = Uint8Array.of(0xc0, 12, 0, 48, 0, 1, 0, 0, 0, 60, 0, 5, 1, 1, 3, 13, 0);

const mutation: fc.Arbitrary<Mutation> = fc
  .record({
    position: fc.oneof(place, fc.integer({ min: 2, max: 40 })),
    change: fc.oneof(
      octet.map((value) => ({ removed: 1, added: Uint8Array.of(value) })),
      // A pointer to any place.
      place.map((to) => ({ removed: 2, added: Uint8Array.of(0xc0 | (to >> 10), to & 0xff) })),
      fc.nat({ max: 40 }).map((removed) => ({ removed, added: new Uint8Array() })),
      fc.uint8Array({ maxLength: 40 }).map((added) => ({ removed: 0, added })),
      // A record, repeated many times.
      fc.nat({ max: 300 }).map((times) => ({
        removed: 0,
        added: joined(...Array.from({ length: times }, () => record)),
      })),
      fc.constant({ removed: 65_535, added: new Uint8Array() }),
    ),
  })
  .map(({ position, change }) => ({ position, ...change }));

const mutated = fc
  .tuple(captured, fc.array(mutation, { minLength: 1, maxLength: 3 }))
  .map(([{ name, octets }, mutations]) => ({ name, octets: mutations.reduce(mutate, octets) }));

/** Writes the header of a response, so that the rest is read. */
const arbitrary = fc
  .tuple(fc.boolean(), fc.uint8Array({ maxLength: 600 }), fc.uint8Array({ minLength: 8, maxLength: 8 }))
  .map(([asResponse, rest, counts]) => ({
    name: "example.com",
    octets: asResponse
      ? joined(
          Uint8Array.of(0x12, 0x34, 0x84, 0),
          counts.map((value) => value & 3),
          rest,
        )
      : rest,
  }));

const received: fc.Arbitrary<Case<Received>> = fc.oneof(
  { weight: 7, arbitrary: mutated.map((value) => ({ origin: "mutated" as const, value })) },
  { weight: 3, arbitrary: arbitrary.map((value) => ({ origin: "arbitrary" as const, value })) },
  { weight: 1, arbitrary: captured.map((value) => ({ origin: "valid" as const, value })) },
);

function need(is: boolean, otherwise: string): void {
  if (!is) throw new Error(otherwise);
}

const sections = ({ answers, authority, additional }: Message) => [answers, authority, additional];

/** Checks that everything read is within the message, and has the stated size. */
function expectBounded(message: Message, octets: Uint8Array): void {
  const records = sections(message).flat();
  need(records.length <= 1_024, `${records.length} records were read`);
  for (const record of records) expectRecord(record, octets);
  const names = [message.question?.name ?? ".", ...records.map(({ name }) => name)];
  for (const name of [...names, ...records.flatMap(({ target }) => target ?? [])]) {
    need(/^(\.|([a-z0-9_-]|\\\d{3})+(\.([a-z0-9_-]|\\\d{3})+)*)$/.test(name), `a name is ${name}`);
    need(name.length <= 1_016, `a name has ${name.length} characters`);
  }
}

/**
 * Checks for two whole names in lower case and five numbers, and that a second reading is equal.
 */
function expectCanonical({ type, canonical }: RawRecord): void {
  if (canonical === undefined) return;
  need(
    type === 6 && canonical.length >= 22 && canonical.length <= 2 * 255 + 20,
    "no SOA record has this RDATA",
  );
  const contactAt = endOfName(canonical, 0) ?? 0;
  need(endOfName(canonical, contactAt) === canonical.length - 20, "its RDATA has other than two names");
  const names = canonical.subarray(0, -20);
  need(!names.some((octet) => octet >= 0x41 && octet <= 0x5a), "a name has upper case");
  need(!names.some((octet, index) => octet >= 0xc0 && isLengthAt(names, index)), "a name has a pointer");
}

/** Returns whether the octet at an index of names is a length, not part of a label. */
function isLengthAt(names: Uint8Array, index: number): boolean {
  let at = 0;
  while (at < index) at += 1 + (names[at] ?? 0);
  return at === index;
}

function expectRecord(record: RawRecord, octets: Uint8Array): void {
  const { type, class: klass, ttl, rdata } = record;
  expectCanonical(record);
  const isWithin = rdata.buffer === octets.buffer && rdata.byteOffset + rdata.length <= octets.length;
  need(isWithin, "RDATA is not of the message");
  const numbers: [number, number][] = [
    [type, 0xffff],
    [klass, 0xffff],
    [ttl, 0xffffffff],
  ];
  need(
    numbers.every(([value, most]) => Number.isInteger(value) && value >= 0 && value <= most),
    "no number",
  );
}

test("any message is read within bounds", async () => {
  await fuzz(20_000, received, async ({ value: { octets } }) => {
    const message = readMessage(octets);
    need((message === undefined) === octets.length < 12, "it is read if it has a header");
    need((message?.nameOctets ?? 0) <= 4 * octets.length + 11 * 256, "its names take too much work");
    if (message) expectBounded(message, octets);
    return message !== undefined && message.brokenOffIn === undefined;
  });
});

test("names are read within bounds, wherever they begin", async () => {
  const cases = fc.tuple(received, place).map(([one, position]) => ({ ...one, position }));
  await fuzz(5_000, cases, async ({ value: { octets }, position }) => {
    const start = within(octets, position);
    const [name, end] = [new MessageNames(octets).text(start), endOfName(octets, start)];
    need(name === undefined || (end !== undefined && end > start), "a name has no end");
    need(end === undefined || end <= octets.length, "a name ends beyond the message");
    return name !== undefined;
  });
});

test("messages of BIND, Knot DNS, PowerDNS and unbound are read as dns-packet reads them", () => {
  for (const { hex } of captures) {
    const octets = Buffer.from(hex, "hex");
    const [ours, theirs] = [readMessage(octets), packet.decode(octets)];
    const counts = [theirs.answers, theirs.authorities, theirs.additionals].map((records) => records?.length);
    expect(ours && sections(ours).map((records) => records.length)).toEqual(counts);
    expect(ours?.answers.map(({ name, ttl }) => ({ name, ttl }))).toEqual(
      theirs.answers?.map((record) => ({
        name: record.name.toLowerCase(),
        ttl: "ttl" in record ? record.ttl : 0,
      })),
    );
    expect(ours).toMatchObject({
      brokenOffIn: undefined,
      isTruncated: theirs.flag_tc,
      isAuthoritative: theirs.flag_aa,
    });
  }
});

const outcomes = ["answered", "nonexistent", "lame", "failed", "silent"];

test("every message gives some answer about keys and about DS", async () => {
  await fuzz(15_000, received, async ({ value: { name, octets } }) => {
    const message = readMessage(octets);
    if (message === undefined) return false;
    const reply: Reply = { kind: "answer", message, edns: true };
    const [keys, ds] = [readKeyAnswer("server", name, reply, reply), readDsAnswer("server", name, reply)];
    for (const { outcome } of [keys, ds]) need(outcomes.includes(outcome), `the outcome is ${outcome}`);
    for (const answer of [keys, ds]) {
      if ("detail" in answer)
        need(/^[\w ,.\\-]{1,1200}$/.test(answer.detail), `the detail is ${answer.detail}`);
    }
    if (ds.outcome === "answered") {
      need(
        ds.ds.every((one) => isDs(one)),
        "a DS is none",
      );
      need((ds.ttl ?? 0) <= 0x7fffffff, "a TTL is none");
    }
    return keys.outcome === "answered" || ds.outcome === "answered";
  });
});

function isDs({ keyTag, algorithm, digestType, digest }: Ds): boolean {
  const isWithin = keyTag <= 0xffff && algorithm <= 0xff && digestType <= 0xff;
  return isWithin && /^([0-9a-f]{2})+$/.test(digest);
}

/**
 * A world in which every server answers every question with the same message, with the right id and
 * question.
 */
function searchThrough(message: Message): Search & { readonly asked: Query[] } {
  const asked: Query[] = [];
  const ask = async (asking: Query): Promise<Reply> => {
    asked.push(asking);
    return { kind: "answer", message, edns: true };
  };
  const resolvers = [{ address: "192.0.2.53", port: 53 }];
  const clock = leapingClock();
  const until = clock.now() + 5_000;
  return { ask, asked, clock, resolvers, port: 53, until, signal: new AbortController().signal };
}

test("every message gives a delegation or a problem, with a limited number of servers", async () => {
  const parent = { zone: "test", servers: [{ at: { address: "192.0.2.1", port: 53 } }], addressless: [] };
  await fuzz(10_000, received, async ({ value: { name, octets } }) => {
    const message = readMessage(octets);
    if (message === undefined) return false;
    const search = searchThrough(message);
    const all = [await findDelegated(search, name, parent), await findParent(search, name)];
    const found = all.filter((one): one is Servers => "servers" in one);
    for (const { servers, addressless } of found) {
      need(servers.length <= 32 && addressless.length <= 32, "there are too many servers");
      need(
        servers.every(({ at: { address } }) => isIP(address) !== 0),
        "an address is none",
      );
    }
    for (const one of all)
      if ("problem" in one) need(one.problem.message.length < 1_200, "a problem is too long");
    need(search.asked.length <= 2 + 4 * 64, `${search.asked.length} questions were asked`);
    return found.length > 0;
  });
});

test("the run was large enough, and every rejection was handled", () => {
  expect(tally.cases).toBeGreaterThanOrEqual(leastCases(50_000));
  expect(tally.origins.mutated / tally.cases).toBeGreaterThanOrEqual(0.5);
  expect(tally.unhandled).toBe(0);
});
