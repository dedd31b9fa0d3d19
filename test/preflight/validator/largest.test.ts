import type { Ds } from "../../../provider/dnssec/ds";
import { dsAnswer, keyAnswer } from "../../../provider/dns/responses";
import { judgeDelegation } from "../../../provider/preflight/judge";
import { PublishedDelegation } from "../../../provider/preflight/publishedDelegation";
import { readMessage } from "../../../provider/dns/message";
import type { Reply } from "../../../provider/dns/query";
import captures from "../../fixtures/dns/captures.json";

/** When they were captured. */
const now = Date.UTC(2026, 10, 28, 21, 30);

function replyTo(name: string, type: string): Reply {
  const found = captures.find((one) => one.name === name && one.type === type && "from" in one);
  const message = readMessage(Buffer.from(found?.hex ?? "", "hex"));
  if (message === undefined) throw new Error(`There is no answer about the ${type} of ${name}.`);
  return { kind: "answer", message, edns: true };
}

test("a real zone with 16 RSA keys of 4096 bits, all of which sign, and 16 DS records, at 32 servers", () => {
  const domainName = "sixteen.test";
  const servers = Array.from({ length: 32 }, (_, index) => `ns${index + 1}`);
  const [keys, soa, ds] = ["DNSKEY", "SOA", "DS"].map((type) => replyTo(domainName, type)) as [
    Reply,
    Reply,
    Reply,
  ];
  const observed = { answers: servers.map((server) => keyAnswer(server, domainName, keys, soa)) };
  const published = { answers: servers.map((server) => dsAnswer(server, domainName, ds)) };
  const judge = (set: readonly Ds[]) => judgeDelegation({ domainName, observed, now, ds: set });
  const verdict = new PublishedDelegation({ domainName, judge, published }).verdict();
  expect(verdict.status).toBe("secure");
  expect(verdict.reasons.map(({ code }) => code)).toEqual(Array(16).fill("CHAIN_COMPLETE"));
  expect(verdict.warnings).toEqual([]);
});

test("a zone whose name has 102 labels", () => {
  const name = `${"x.".repeat(100)}test`;
  const found = keyAnswer("ns1", name, replyTo(name, "SOA"), replyTo(name, "SOA"));
  expect(found).toMatchObject({ outcome: "answered", keys: [], data: { soa: [expect.anything()] } });
});
