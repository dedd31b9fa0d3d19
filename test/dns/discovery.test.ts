import type { Answer } from "dns-packet";
import packet from "dns-packet";
import {
  a,
  aaaa,
  bed,
  child,
  createClient,
  ds,
  ns,
  nxdomain,
  referral,
  root,
  soa,
  type Zone,
} from "./loopbackBed";
import { closeServers } from "./scriptedServer";

afterEach(closeServers);

interface Row {
  readonly resolver?: Zone;
  /** The parent's servers at 127.0.0.3 and 127.0.0.4. The second copies the first by default. */
  readonly parents: readonly [Zone, Zone?];
  /** The hosts at which the child's servers listen. */
  readonly children?: readonly number[];
  readonly answers: readonly string[];
  readonly problem?: string;
}

const delegated = (...records: Answer[]): Zone => ({ "example.test NS": referral(...records) });

describe("the servers of a domain:", () => {
  const rows: Readonly<Record<string, Row>> = {
    "glue is believed": {
      parents: [delegated(ns("example.test", "NS1.example.test"), a("ns1.example.test", "127.0.0.5"))],
      answers: ["ns1.example.test (127.0.0.5) answered"],
    },
    "several addresses of one name, one address of two names": {
      parents: [
        delegated(
          ...[ns("example.test", "ns1.example.test"), ns("example.test", "ns2.example.test")],
          ...[
            a("ns1.example.test", "127.0.0.5"),
            a("ns1.example.test", "127.0.0.6"),
            a("ns2.example.test", "127.0.0.6"),
          ],
        ),
      ],
      answers: ["ns1.example.test (127.0.0.5) answered", "ns2.example.test (127.0.0.6) answered"],
    },
    "names elsewhere are looked up": {
      parents: [delegated(ns("example.test", "ns.elsewhere.invalid"))],
      answers: ["ns.elsewhere.invalid (127.0.0.6) answered"],
    },
    "glue for names elsewhere is not believed": {
      parents: [
        delegated(ns("example.test", "ns.elsewhere.invalid"), a("ns.elsewhere.invalid", "127.0.0.5")),
      ],
      answers: ["ns.elsewhere.invalid (127.0.0.6) answered"],
    },
    "glue for names that are not in the delegation is not looked at": {
      parents: [delegated(ns("example.test", "ns.elsewhere.invalid"), a("ns1.example.test", "127.0.0.5"))],
      answers: ["ns.elsewhere.invalid (127.0.0.6) answered"],
    },
    "an alias is followed": {
      resolver: {
        ...root,
        "ns.elsewhere.invalid A": [
          { name: "ns.elsewhere.invalid", type: "CNAME", data: "other.invalid" },
          a("other.invalid", "127.0.0.5"),
          a("unasked.invalid", "127.0.0.6"),
        ],
      },
      parents: [delegated(ns("example.test", "ns.elsewhere.invalid"))],
      answers: ["ns.elsewhere.invalid (127.0.0.5) answered"],
    },
    "a name without an address is a server that is silent": {
      parents: [
        delegated(
          ...[
            ns("example.test", "ns1.example.test"),
            ns("example.test", "gone.invalid"),
            ns("example.test", "odd name.test"),
          ],
          a("ns1.example.test", "127.0.0.5"),
        ),
      ],
      answers: ["ns1.example.test (127.0.0.5) answered", "gone.invalid silent", "odd\\032name.test silent"],
    },
    "no name has an address": {
      parents: [delegated(ns("example.test", "gone.invalid"))],
      answers: [],
      problem: "ADDRESSES_NOT_FOUND: the addresses of example.test's name servers could not be found",
    },
    "an address to which nothing can be sent is left out beside one that answers": {
      parents: [
        delegated(
          ns("example.test", "ns1.example.test"),
          a("ns1.example.test", "127.0.0.5"),
          aaaa("ns1.example.test", "fe80::1"),
        ),
      ],
      answers: ["ns1.example.test (127.0.0.5) answered"],
    },
    "but not if a name has no other": {
      parents: [
        delegated(
          ...[ns("example.test", "ns1.example.test"), ns("example.test", "ns2.example.test")],
          ...[a("ns1.example.test", "127.0.0.5"), aaaa("ns2.example.test", "fe80::1")],
        ),
      ],
      answers: ["ns1.example.test (127.0.0.5) answered", "ns2.example.test ([fe80::1]) silent"],
    },
    "a server of both zones answers with authority": {
      parents: [
        {
          "example.test NS": {
            answers: [ns("example.test", "ns1.example.test")],
            additionals: [a("ns1.example.test", "127.0.0.5")],
          },
        },
      ],
      answers: ["ns1.example.test (127.0.0.5) answered"],
    },
    "one of the parent's servers refuses": {
      parents: [{ "example.test NS": { rcode: 5 } }, delegated(ns("example.test", "ns.elsewhere.invalid"))],
      answers: ["ns.elsewhere.invalid (127.0.0.6) answered"],
    },
    "one of the parent's servers does not know the domain yet": {
      parents: [{ "example.test NS": nxdomain }, delegated(ns("example.test", "ns.elsewhere.invalid"))],
      answers: ["ns.elsewhere.invalid (127.0.0.6) answered"],
    },
    "all of the parent's servers refuse: the resolver's word is taken": {
      parents: [{ "example.test NS": { rcode: 5 } }],
      answers: ["ns.elsewhere.invalid (127.0.0.6) answered"],
    },
    "all of them refer to servers above: the resolver's word is taken": {
      parents: [{ "example.test NS": referral(ns("test", "a.nic.test")) }],
      answers: ["ns.elsewhere.invalid (127.0.0.6) answered"],
    },
    "the parent is not found: the resolver's word is taken": {
      resolver: { ...root, "test NS": { rcode: 2 } },
      parents: [{}],
      answers: ["ns.elsewhere.invalid (127.0.0.6) answered"],
    },
    "nor is the domain": {
      resolver: { "test NS": { rcode: 2 }, "example.test NS": { rcode: 2 } },
      parents: [{}],
      answers: [],
      problem: "SERVERS_NOT_FOUND: the system's resolvers return no name servers for example.test",
    },
    "it does not exist": {
      parents: [{ "example.test NS": nxdomain }],
      answers: [],
      problem: "NOT_DELEGATED: example.test is not delegated by its parent zone",
    },
    "it exists, but is not delegated": {
      parents: [{ "example.test NS": { authorities: [soa("test")] } }],
      answers: [],
      problem: "NOT_DELEGATED: example.test is not delegated by its parent zone",
    },
  };

  test.each(Object.entries(rows))(
    "%s",
    async (_, { resolver = root, parents, children = [5, 6], answers, problem }) => {
      const servers = await bed();
      const [first, second = first] = parents;
      const zones: [number, Zone][] = [
        [2, resolver],
        [3, first],
        [4, second],
        ...children.map((host): [number, Zone] => [host, child]),
      ];
      await Promise.all(zones.map(([host, zone]) => servers.server(host, zone)));
      const found = await createClient(servers).keys("example.test");
      const plain = ({ server, outcome }: { server: string; outcome: string }) =>
        `${server.replaceAll(`:${servers.port}`, "")} ${outcome}`;
      expect(found.answers.map(plain)).toEqual(answers);
      expect(found.problem && `${found.problem.code}: ${found.problem.message}`).toBe(problem);
    },
  );
});

describe("the parent zone:", () => {
  test("is the nearest one above with servers, and all of them are asked", async () => {
    const servers = await bed();
    const resolver = await servers.server(2, {
      ...root,
      "b.example.test NS": nxdomain,
      "example.test NS": { authorities: [soa("test")] },
    });
    await servers.server(3, { "deep.b.example.test DS": [{ ...ds, name: "deep.b.example.test" }] });
    await servers.server(4, { "deep.b.example.test DS": { rcode: 2 } });
    const { answers } = await createClient(servers).ds("deep.b.example.test");
    expect(answers).toMatchObject([
      {
        server: `a.nic.test (127.0.0.3:${servers.port})`,
        outcome: "answered",
        ds: [{ keyTag: 1 }],
        ttl: 300,
      },
      {
        server: `b.nic.test (127.0.0.4:${servers.port})`,
        outcome: "failed",
        detail: "it answers SERVFAIL",
      },
    ]);
    const questions = resolver.asked.map(({ name, type }) => `${name} ${type}`);
    expect(questions.slice(0, 3)).toEqual(["b.example.test NS", "example.test NS", "test NS"]);
    expect(questions.slice(3).sort()).toEqual([
      "a.nic.test A",
      "a.nic.test AAAA",
      "b.nic.test A",
      "b.nic.test AAAA",
    ]);
    const toResolver = packet.RECURSION_DESIRED | packet.CHECKING_DISABLED;
    expect(resolver.asked.every(({ flags, edns }) => flags === toResolver && edns)).toBe(true);
  });
});
