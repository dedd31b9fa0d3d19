import { bed, createClient, ds, hosts, key, ns, referral, soa } from "./loopbackBed";
import { closeServers, rawMessage, rawRecord, reply, toQuestion, type Asked } from "./scriptedServer";

afterEach(closeServers);

const keyRdata = Buffer.from(`0101030d${"00".repeat(64)}`, "hex");
const signature = (covered: number) =>
  Buffer.concat([Buffer.of(covered >> 8, covered & 0xff), Buffer.alloc(40, 1)]);
const oddKey = Buffer.from(`0101020d${"00".repeat(64)}`, "hex");
const octets = (rdata: readonly Uint8Array[]) => rdata.map((one) => Buffer.from(one).toString("hex"));

describe("a zone server's answer about its keys:", () => {
  const rrsig = (covered: number) => rawRecord(toQuestion, 46, signature(covered));
  const good = rawRecord(toQuestion, 48, keyRdata);
  const other = Buffer.concat([Buffer.of(1), Buffer.from("b"), toQuestion]);

  test.each<[string, (asked: Asked) => Buffer, object]>([
    [
      "a key and its signature",
      (asked) => rawMessage(asked, [good, rrsig(48)]),
      { keys: [keyRdata], signatures: [signature(48)] },
    ],
    ["no signature", (asked) => rawMessage(asked, [good]), { keys: [keyRdata], signatures: [] }],
    [
      "no OPT",
      (asked) => reply(asked, { edns: false, answers: [key] }),
      { keys: [keyRdata], signatures: [] },
    ],
    [
      "signatures of other types",
      (asked) => rawMessage(asked, [rrsig(6), good, rrsig(48), rrsig(1)]),
      { keys: [keyRdata], signatures: [signature(48)] },
    ],
    [
      "a stray key of protocol 2",
      (asked) => rawMessage(asked, [rawRecord(toQuestion, 48, oddKey), good, rrsig(48)]),
      { keys: [oddKey, keyRdata], signatures: [signature(48)] },
    ],
    [
      "a malformed record",
      (asked) => rawMessage(asked, [rawRecord(Buffer.of(0xff, 0xff), 48, keyRdata), good, rrsig(48)]),
      { keys: [keyRdata], signatures: [signature(48)] },
    ],
    [
      "malformed RDATA of another type",
      (asked) => rawMessage(asked, [rawRecord(toQuestion, 6, Buffer.of(0xff)), good]),
      { keys: [keyRdata], signatures: [] },
    ],
    [
      "keys of other names and classes",
      (asked) => rawMessage(asked, [rawRecord(other, 48, oddKey), good, Buffer.from(good).fill(3, 5, 6)]),
      { keys: [keyRdata], signatures: [] },
    ],
    [
      "a key in another section",
      (asked) => rawMessage(asked, [good], [0, 1, 0]),
      { keys: [], signatures: [] },
    ],
    [
      "no keys",
      (asked) => reply(asked, { authorities: [soa("example.test")] }),
      { keys: [], signatures: [] },
    ],
    [
      "a key without authority, which validators accept",
      (asked) => reply(asked, { flags: 0, answers: [key] }),
      { keys: [keyRdata] },
    ],
    [
      "an alias",
      (asked) => reply(asked, { answers: [{ name: asked.name, type: "CNAME", data: "b.test" }] }),
      { keys: [], signatures: [] },
    ],
  ])("%s", async (_, answer, { keys, signatures }: { keys?: Buffer[]; signatures?: Buffer[] }) => {
    const servers = await bed();
    await servers.server(5, (asked) => asked.send(answer(asked)));
    const { answers } = await createClient(servers).keys("example.test", { nameServers: hosts(servers, 5) });
    const [only] = answers;
    if (only?.outcome !== "answered") throw new Error(JSON.stringify(only));
    expect(octets(only.keys)).toEqual(octets(keys ?? []));
    expect(octets(only.signatures)).toEqual(octets(signatures ?? []));
  });
});

describe("a server's answer about the zone's data:", () => {
  const soaAs = (rdata: Buffer) => rawRecord(toQuestion, 6, rdata);
  const rrsig = (covered: number) => rawRecord(toQuestion, 46, signature(covered));
  const numbers = Buffer.alloc(20, 1);
  const pointing = Buffer.concat([Buffer.from("\x02NS", "latin1"), toQuestion, toQuestion, numbers]);
  const wire = Buffer.from("\x07example\x04test\x00", "latin1");
  const expanded = Buffer.concat([Buffer.from("\x02ns", "latin1"), wire, wire, numbers]);
  const alias = (asked: Asked) =>
    reply(asked, { answers: [{ name: asked.name, type: "CNAME", data: "b.test" }] });

  test.each<[string, (asked: Asked) => Buffer | undefined, object]>([
    [
      "a SOA record and its signatures",
      (asked) => rawMessage(asked, [soaAs(pointing), rrsig(48), rrsig(6)]),
      { soa: [expanded], signatures: [signature(6)] },
    ],
    [
      "without authority, which validators accept",
      (asked) => reply(asked, { flags: 0, answers: [soa("example.test")] }),
      { soa: [expect.anything()], signatures: [] },
    ],
    [
      "an unreadable SOA record, as received",
      (asked) => rawMessage(asked, [soaAs(Buffer.of(0xff)), rrsig(6)]),
      { soa: [Buffer.of(0xff)], signatures: [signature(6)] },
    ],
    [
      "a SOA record in another section",
      (asked) => reply(asked, { authorities: [soa("example.test")] }),
      { soa: [], signatures: [] },
    ],
    ["another zone's", (asked) => reply(asked, { answers: [soa("test")] }), { soa: [], signatures: [] }],
    ["an alias", alias, { soa: [], signatures: [] }],
    ["NXDOMAIN", (asked) => reply(asked, { rcode: 3 }), { soa: [], signatures: [] }],
    ["SERVFAIL", (asked) => reply(asked, { rcode: 2 }), { unheard: "it answers SERVFAIL" }],
    [
      "a referral",
      (asked) => reply(asked, referral(ns("example.test", "ns1.example.test"))),
      { unheard: "it refers to other servers" },
    ],
    ["nothing", () => undefined, { unheard: "over UDP no answer in time" }],
  ])("%s", async (_, answer, data) => {
    const servers = await bed();
    await servers.server(5, (asked) => {
      const message = asked.type === "SOA" ? answer(asked) : reply(asked, { answers: [key] });
      if (message) asked.send(message);
    });
    const given = { nameServers: hosts(servers, 5), timeoutMs: 900 };
    const { answers } = await createClient(servers).keys("example.test", given);
    expect(answers).toMatchObject([{ outcome: "answered", keys: [keyRdata], data }]);
  });
});

describe("answers that say nothing:", () => {
  test.each<[string, (asked: Asked) => Buffer, object]>([
    ["NXDOMAIN", (asked) => reply(asked, { rcode: 3 }), { outcome: "nonexistent" }],
    [
      "NXDOMAIN without authority",
      (asked) => reply(asked, { rcode: 3, flags: 0 }),
      { outcome: "lame", detail: "it answers without authority" },
    ],
    ["REFUSED", (asked) => reply(asked, { rcode: 5 }), { outcome: "failed", detail: "it answers REFUSED" }],
    ["SERVFAIL", (asked) => reply(asked, { rcode: 2 }), { outcome: "failed", detail: "it answers SERVFAIL" }],
    [
      "a code without a name",
      (asked) => reply(asked, { rcode: 11 }),
      { outcome: "failed", detail: "it answers RCODE 11" },
    ],
    [
      "a referral",
      (asked) => reply(asked, referral(ns("test", "a.nic.test"))),
      { outcome: "lame", detail: "it refers to other servers" },
    ],
    [
      "an answer without authority",
      (asked) => reply(asked, { flags: 0, answers: asked.type === "DS" ? [ds] : [] }),
      { outcome: "lame", detail: "it answers without authority" },
    ],
  ])("%s", async (_, answer, expected) => {
    const servers = await bed();
    await servers.server(5, (asked) => asked.send(answer(asked)));
    const given = hosts(servers, 5);
    const whole = { answers: [{ server: `127.0.0.5:${servers.port}`, ...expected }] };
    expect(await createClient(servers).keys("example.test", { nameServers: given })).toEqual(whole);
    expect(await createClient(servers).ds("example.test", { parentNameServers: given })).toEqual(whole);
  });

  const zoneOnly = (asked: Asked, otherwise: Buffer) =>
    asked.type === "SOA" ? reply(asked, { answers: [soa("example.test")] }) : otherwise;

  test.each<[string, (asked: Asked) => Buffer, boolean]>([
    ["a server that refuses only the keys", (asked) => zoneOnly(asked, reply(asked, { rcode: 5 })), true],
    ["a server that refuses everything", (asked) => reply(asked, { rcode: 5 }), false],
    [
      "a server that answers for the zone without authority",
      (asked) => reply(asked, { flags: 0, answers: asked.type === "SOA" ? [soa("example.test")] : [] }),
      false,
    ],
    [
      "a server that refers to itself",
      (asked) => reply(asked, referral(ns("example.test", "ns1.example.test"))),
      true,
    ],
  ])("%s", async (_, answer, isWithheld) => {
    const servers = await bed();
    await servers.server(5, (asked) => asked.send(answer(asked)));
    const observation = await createClient(servers).keys("example.test", { nameServers: hosts(servers, 5) });
    expect(observation.withheldBy).toEqual(isWithheld ? [`127.0.0.5:${servers.port}`] : undefined);
  });

  test("silence", async () => {
    const servers = await bed();
    const given = hosts(servers, 5);
    const { answers } = await createClient(servers).keys("example.test", { nameServers: given });
    const detail = "over UDP nothing listens there, over TCP nothing listens there";
    expect(answers).toEqual([{ server: `127.0.0.5:${servers.port}`, outcome: "silent", detail }]);
  });
});

describe("a parent server's answer about the DS:", () => {
  const record = (rdata: string, ttl = 300) => rawRecord(toQuestion, 43, Buffer.from(rdata, "hex"), { ttl });
  test.each<[string, (asked: Asked) => Buffer, object]>([
    [
      "one",
      (asked) => reply(asked, { answers: [ds] }),
      { ds: [{ keyTag: 1, algorithm: 13, digestType: 2, digest: "ab".repeat(32) }], ttl: 300 },
    ],
    ["none", (asked) => reply(asked, { authorities: [soa("test")] }), { ds: [] }],
    ["none, and nothing else", (asked) => reply(asked), { ds: [] }],
    [
      "unknown numbers, lengths that do not fit, TTLs that differ",
      (asked) => rawMessage(asked, [record("fffeff63AB", 60), record("00010d02cd", 30)]),
      {
        ds: [
          { keyTag: 65534, algorithm: 255, digestType: 99, digest: "ab" },
          { keyTag: 1, algorithm: 13, digestType: 2, digest: "cd" },
        ],
        ttl: 30,
      },
    ],
    [
      "one without a digest, and one with",
      (asked) => rawMessage(asked, [record("00010d02"), record("00"), record("00010d02cd")]),
      { ds: [{ keyTag: 1 }], ttl: 300 },
    ],
    [
      "a TTL with the uppermost bit",
      (asked) => rawMessage(asked, [record("00010d02cd", 0x80000001)]),
      { ds: [{ keyTag: 1 }], ttl: 0 },
    ],
  ])("%s", async (_, answer, expected) => {
    const servers = await bed();
    await servers.server(3, (asked) => asked.send(answer(asked)));
    const { answers } = await createClient(servers).ds("example.test", {
      parentNameServers: hosts(servers, 3),
    });
    expect(answers).toMatchObject([{ outcome: "answered", ...expected }]);
    expect("ttl" in (answers[0] ?? {})).toBe("ttl" in expected);
  });

  test("a server of the domain is not one of the parent", async () => {
    const servers = await bed();
    await servers.server(3, { "example.test DS": { authorities: [soa("example.test")] } });
    const { answers } = await createClient(servers).ds("example.test", {
      parentNameServers: hosts(servers, 3),
    });
    const detail = "it serves example.test itself and not the zone above it";
    expect(answers).toMatchObject([{ outcome: "lame", detail }]);
  });
});
