import packet from "dns-packet";
import { systemClock } from "../../provider/concurrency/clock";
import { askServer } from "../../provider/dns/query";
import { heldClock } from "../harness/clocks";
import { allClosed, ask, header, keysIn, question, withKey } from "./asking";
import { closeServers, rawMessage, reply, scriptedServer, type Asked } from "./scriptedServer";

afterEach(closeServers);

test("a healthy server takes one datagram each way, from a new port every time", async () => {
  const server = await scriptedServer((asked) => asked.send(withKey(asked)));
  const ids = [7, 65_535];
  for (const id of ids) {
    const asking = {
      server: server.at,
      question,
      until: Date.now() + 3_000,
      signal: new AbortController().signal,
    };
    const result = await askServer(asking, { clock: systemClock, randomId: () => id });
    expect(keysIn(result)).toEqual(["aa"]);
  }
  expect(server.asked).toMatchObject([
    { transport: "udp", edns: true, flags: 0, id: 7 },
    { transport: "udp", edns: true, flags: 0, id: 65_535 },
  ]);
  expect(new Set(server.asked.map(({ from }) => from)).size).toBe(2);
});

test("over IPv6", async () => {
  const server = await scriptedServer(
    (asked) =>
      asked.send(
        asked.transport === "udp" ? reply(asked, { flags: packet.TRUNCATED_RESPONSE }) : withKey(asked),
      ),
    { address: "::1" },
  );
  expect(keysIn(await ask(server.at))).toEqual(["aa"]);
  expect(server.asked.map(({ transport }) => transport)).toEqual(["udp", "tcp"]);
});

describe("other messages are ignored, and the right answer is accepted:", () => {
  const isQuery = (message: Buffer) => {
    message.writeUInt16BE(0, 2);
    return message;
  };
  const isUpdate = (message: Buffer) => {
    message.writeUInt16BE(0x8000 | (5 << 11), 2);
    return message;
  };
  const ofClass = (message: Buffer, klass: number) => {
    message.writeUInt16BE(klass, 12 + "example.com".length + 2 + 2);
    return message;
  };
  test.each<[string, (asked: Asked) => void]>([
    ["another id", (asked) => asked.send(withKey({ ...asked, id: asked.id ^ 1 }, "bb"))],
    ["another name", (asked) => asked.send(withKey({ ...asked, name: "example.org" }, "bb"))],
    [
      "a name with a dot in a label",
      (asked) => {
        const message = withKey({ ...asked, name: "example-com" }, "bb");
        message.write(".", message.indexOf("-"));
        asked.send(message);
      },
    ],
    ["another type", (asked) => asked.send(withKey({ ...asked, type: "DS" }, "bb"))],
    ["another class", (asked) => asked.send(ofClass(withKey(asked, "bb"), 3))],
    ["no question", (asked) => asked.send(reply(asked, { questions: [], answers: [] }))],
    [
      "two questions",
      (asked) => asked.send(reply(asked, { questions: Array(2).fill({ name: asked.name, type: "DNSKEY" }) })),
    ],
    ["a query", (asked) => asked.send(isQuery(withKey(asked, "bb")))],
    ["another kind of message", (asked) => asked.send(isUpdate(withKey(asked, "bb")))],
    ["another port", (asked) => asked.sendFromElsewhere(withKey(asked, "bb"))],
    ["nothing at all", (asked) => asked.send(Buffer.alloc(0))],
    ["half a header", (asked) => asked.send(withKey(asked, "bb").subarray(0, 11))],
    ["half a question", (asked) => asked.send(withKey(asked, "bb").subarray(0, 20))],
    [
      "rubbish with the right id",
      (asked) => asked.send(Buffer.concat([asked.octets.subarray(0, 2), Buffer.alloc(500, 0xff)])),
    ],
    [
      "a compression loop in the question",
      (asked) => {
        const message = withKey(asked, "bb");
        message.writeUInt16BE(0xc00c, 12);
        asked.send(message);
      },
    ],
  ])("%s", async (_, spoof) => {
    const server = await scriptedServer((asked) => {
      for (let count = 0; count < 3; count += 1) spoof(asked);
      // Otherwise the right answer would overtake the one from another port.
      setImmediate(() => asked.send(withKey(asked)));
    });
    expect(keysIn(await ask(server.at))).toEqual(["aa"]);
    expect(server.asked).toHaveLength(1);
  });

  test("messages after the answer are ignored too", async () => {
    const server = await scriptedServer((asked) => {
      asked.send(withKey(asked));
      asked.send(withKey(asked, "bb"));
    });
    expect(keysIn(await ask(server.at))).toEqual(["aa"]);
  });
});

describe("accepted as an answer:", () => {
  const opcodeBits = 0x8000;
  test.each<[string, (asked: Asked) => Buffer, object]>([
    ["the question in another case", (asked) => withKey({ ...asked, name: "EXAMPLE.Com" }), { rcode: 0 }],
    ["no OPT", (asked) => reply(asked, { edns: false }), { rcode: 0, hasEdns: false }],
    [
      "REFUSED without the question",
      (asked) => header(asked, opcodeBits | 5),
      { rcode: 5, question: undefined },
    ],
    ["REFUSED", (asked) => reply(asked, { rcode: 5 }), { rcode: 5 }],
    ["SERVFAIL", (asked) => reply(asked, { rcode: 2 }), { rcode: 2 }],
    ["NXDOMAIN", (asked) => reply(asked, { rcode: 3 }), { rcode: 3, isAuthoritative: true }],
    [
      "rubbish after the answers",
      (asked) => rawMessage(asked, [Buffer.alloc(40, 0x40)], [0, 0, 1]),
      { brokenOffIn: "additional" },
    ],
  ])("%s", async (_, answer, expected) => {
    const server = await scriptedServer((asked) => asked.send(answer(asked)));
    expect(await ask(server.at)).toMatchObject({ kind: "answer", message: expected });
  });
});

describe("no server is there:", () => {
  test("the port is closed", async () => {
    const { at } = await scriptedServer(() => undefined);
    closeServers();
    const detail = "over UDP nothing listens there, over TCP nothing listens there";
    expect(await ask(at)).toEqual({ kind: "silence", detail, isUnreachable: false });
  });

  test("an address to which this machine cannot send", async () => {
    const result = await ask({ address: "fe80::1", port: 53 });
    expect(result).toEqual({
      kind: "silence",
      detail: "over UDP there is no route to it from here",
      isUnreachable: true,
    });
  });

  test("no time is left", async () => {
    const server = await scriptedServer((asked) => asked.send(withKey(asked)));
    expect(await ask(server.at, { ms: 0 })).toMatchObject({
      kind: "silence",
      detail: "no time was left to ask it",
    });
    expect(server.asked).toEqual([]);
  });
});

describe("an aborted signal", () => {
  const reason = new Error("enough");

  test("before", async () => {
    const server = await scriptedServer((asked) => asked.send(withKey(asked)));
    await expect(ask(server.at, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(server.asked).toEqual([]);
  });

  test.each(["udp", "tcp"] as const)("while it listens over %s", async (transport) => {
    const controller = new AbortController();
    const server = await scriptedServer((asked) => {
      if (asked.transport === transport) controller.abort(reason);
      else asked.send(reply(asked, { flags: packet.TRUNCATED_RESPONSE }));
    });
    await expect(ask(server.at, { signal: controller.signal })).rejects.toBe(reason);
    await allClosed(server);
  });
});

test("nothing is left open, and nothing sleeps", async () => {
  const open = () => process.getActiveResourcesInfo().filter((name) => /UDP|TCP/.test(name)).length;
  const clock = heldClock();
  let most = 0;
  const server = await scriptedServer((asked) => {
    most = Math.max(most, open());
    asked.send(
      asked.transport === "udp" ? reply(asked, { flags: packet.TRUNCATED_RESPONSE }) : withKey(asked),
    );
  });
  const before = open();
  await Promise.all(Array.from({ length: 50 }, () => ask(server.at, { clock })));
  await allClosed(server);
  expect(most).toBeGreaterThan(before);
  expect(open()).toBeLessThanOrEqual(before);
  expect(clock.sleeping()).toEqual([]);
});
