import packet from "dns-packet";
import { heldClock } from "../harness/clocks";
import { allClosed, ask, header, keysIn, rdata, withKey } from "./asking";
import {
  aa,
  closeServers,
  framed,
  rawMessage,
  rawRecord,
  reply,
  scriptedServer,
  toQuestion,
  type Asked,
  type Script,
} from "./scriptedServer";

afterEach(closeServers);

describe("the attempts:", () => {
  const truncated = (asked: Asked) => reply(asked, { flags: aa | packet.TRUNCATED_RESPONSE });
  const cut = (asked: Asked) =>
    rawMessage(asked, [rawRecord(toQuestion, 48, rdata("bb"), { rdlength: 999 })]);
  /** The answers to the first and later queries over UDP, and likewise over TCP. */
  const inTurn = (
    turns: Readonly<Record<Asked["transport"], readonly ((asked: Asked) => void)[]>>,
  ): Script => {
    const counts = { udp: 0, tcp: 0 };
    return (asked) => turns[asked.transport][counts[asked.transport]++]?.(asked);
  };
  const sends = (answer: (asked: Asked) => Buffer) => (asked: Asked) => asked.send(answer(asked));
  const clock = heldClock();
  /** No answer until the time of any attempt is over. */
  const nothing = () => clock.advance(2_500);
  const resets = ({ socket }: Asked) => socket?.resetAndDestroy();
  const closes = ({ socket }: Asked) => socket?.end();

  test.each<[string, Script, string[], object]>([
    [
      "truncated: over TCP at once",
      inTurn({ udp: [sends(truncated)], tcp: [sends(withKey)] }),
      ["udp", "tcp"],
      { edns: true },
    ],
    [
      "broken off: over TCP at once",
      inTurn({ udp: [sends(cut)], tcp: [sends(withKey)] }),
      ["udp", "tcp"],
      { edns: true },
    ],
    [
      "one datagram lost",
      inTurn({ udp: [nothing, sends(withKey)], tcp: [] }),
      ["udp", "udp"],
      { edns: true },
    ],
    [
      "silent over UDP: over TCP",
      inTurn({ udp: [nothing, nothing], tcp: [sends(withKey)] }),
      ["udp", "udp", "tcp"],
      { edns: true },
    ],
    [
      "reset once",
      inTurn({ udp: [sends(truncated)], tcp: [resets, sends(withKey)] }),
      ["udp", "tcp", "tcp"],
      { edns: true },
    ],
    [
      "closed once",
      inTurn({ udp: [sends(truncated)], tcp: [closes, sends(withKey)] }),
      ["udp", "tcp", "tcp"],
      { edns: true },
    ],
    ...(
      [
        ["FORMERR", (asked: Asked) => reply(asked, { rcode: 1, edns: false })],
        ["FORMERR and nothing else", (asked: Asked) => header(asked, 0x8001)],
        ["NOTIMP", (asked: Asked) => reply(asked, { rcode: 4, edns: false })],
        [
          "BADVERS",
          (asked: Asked) =>
            rawMessage(asked, [rawRecord(Buffer.of(0), 41, Buffer.alloc(0), { ttl: 1 << 24 })], [0, 0, 1]),
        ],
      ] as const
    ).map(([words, refusal]): [string, Script, string[], object] => [
      `${words} to EDNS: once more without`,
      (asked) => asked.send(asked.edns ? refusal(asked) : withKey(asked)),
      ["udp", "udp without EDNS"],
      { edns: false },
    ]),
    [
      "FORMERR to EDNS, then truncated",
      (asked) =>
        asked.send(
          asked.edns
            ? reply(asked, { rcode: 1 })
            : asked.transport === "udp"
              ? truncated(asked)
              : withKey(asked),
        ),
      ["udp", "udp without EDNS", "tcp without EDNS"],
      { edns: false },
    ],
  ])("%s", async (_, script, ways, expected) => {
    const server = await scriptedServer(script);
    const result = await ask(server.at, { clock });
    expect(keysIn(result)).toEqual(["aa"]);
    expect(result).toMatchObject(expected);
    expect(
      server.asked.map(({ transport, edns }) => (edns ? transport : `${transport} without EDNS`)),
    ).toEqual(ways);
  });

  test("FORMERR to everything is an answer", async () => {
    const server = await scriptedServer((asked) => asked.send(reply(asked, { rcode: 1 })));
    expect(await ask(server.at)).toMatchObject({ kind: "answer", message: { rcode: 1 } });
    expect(server.asked).toHaveLength(2);
  });

  /** Until the client stops reading. */
  const floods = ({ socket, octets }: Asked) => {
    const part = Buffer.alloc(65_536, 0xff);
    octets.copy(part, 2, 0, 2);
    const more = () => {
      while (socket?.write(part) === true && !socket.destroyed);
    };
    socket?.on("drain", more);
    more();
  };
  const drips = ({ socket }: Asked) => {
    let left = 20;
    const drip = setInterval(() => {
      socket?.write(Buffer.of(0));
      left -= 1;
      if (left === 0) clock.advance(2_500);
    }, 1);
    socket?.on("close", () => clearInterval(drip));
    socket?.write(Buffer.from("ffff", "hex"));
  };
  const halfAnswer = (asked: Asked) => asked.socket?.end(framed(withKey(asked)).subarray(0, 60));
  const another = sends((asked) => withKey({ ...asked, name: "example.org" }));

  test.each<[string, (asked: Asked) => void, string]>([
    ["never answers", nothing, "over TCP no answer in time"],
    ["resets", resets, "over TCP it reset the connection"],
    ["closes", closes, "over TCP it closed the connection before its answer was whole"],
    [
      "gives half an answer and closes",
      halfAnswer,
      "over TCP it closed the connection before its answer was whole",
    ],
    ["gives drop by drop", drips, "over TCP no answer in time"],
    ["never ends", floods, "over TCP its response does not answer the question"],
    ["gives another answer", another, "over TCP its response does not answer the question"],
    [
      "gives an empty answer",
      ({ socket }) => socket?.write(Buffer.alloc(2)),
      "over TCP its response does not answer the question",
    ],
    ["truncates", sends(truncated), "over TCP its answer is truncated"],
    ["breaks off", sends(cut), "over TCP its answer cannot be read to the end"],
  ])(
    "truncated over UDP, and over TCP it %s: silence, and everything is closed",
    async (_, script, detail) => {
      const server = await scriptedServer(inTurn({ udp: [sends(truncated)], tcp: [script, script] }));
      const result = await ask(server.at, { clock });
      expect(result).toMatchObject({ kind: "silence", isUnreachable: false });
      expect(result).toHaveProperty("detail", `over UDP its answer is truncated, ${detail}`);
      await allClosed(server);
    },
  );
});

test("a message of 64 KiB arrives in pieces", async () => {
  const keys = Array.from({ length: 900 }, () => rawRecord(toQuestion, 48, rdata("aa")));
  const server = await scriptedServer((asked) => {
    if (asked.transport === "udp") return asked.send(reply(asked, { flags: packet.TRUNCATED_RESPONSE }));
    const message = Buffer.concat([rawMessage(asked, keys.slice(0, 800)), Buffer.alloc(65_535)]).subarray(
      0,
      65_535,
    );
    const stream = framed(message);
    const piece = (offset: number) => {
      if (offset < stream.length)
        asked.socket?.write(stream.subarray(offset, offset + 1 + offset), () => piece(2 * offset + 1));
    };
    piece(0);
  });
  expect(keysIn(await ask(server.at))).toHaveLength(800);
});
