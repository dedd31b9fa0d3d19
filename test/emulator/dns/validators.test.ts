import {
  type Emulator,
  type TestZone,
  type TestZoneOptions,
  type ZoneConditionName,
} from "../../../emulator/index";
import { addition, call, closeAll, started } from "../calls";
import { startBindParent, type BindParent } from "./bindParent";
import { dig } from "./commands";

jest.setTimeout(60_000);

const secure = ["secure", "secure"];
const bogus = ["bogus", "bogus"];

interface Row {
  readonly title: string;
  readonly zone: Omit<TestZoneOptions, "name">;
  /** Of BIND's delv and of unbound. */
  readonly verdicts: readonly string[];
}

const conditionRows = (
  [
    ["healthy", secure],
    ["expiring", secure],
    ["truncated", secure],
    ["expired", bogus],
    ["notYetValid", bogus],
    ["unpublished", bogus],
    ["notSigning", bogus],
    ["wrongKey", bogus],
    ["revoked", bogus],
    ["stripped", bogus],
    ["unsigned", bogus],
    ["dataUnsigned", bogus],
    ["dataExpired", bogus],
    ["dataNotYetValid", bogus],
    ["dataExpiring", secure],
    ["dataWrongKey", bogus],
    ["dataKeyUnpublished", bogus],
  ] as const satisfies [ZoneConditionName, string[]][]
).map(([condition, verdicts]): Row => ({ title: condition, zone: { condition }, verdicts }));

// Debian's unbound-host is built without Ed448.
const ed448 = ["secure", "insecure"];

const algorithmRows = [8, 10, 13, 14, 15, 16].flatMap((algorithm): Row[] => {
  const verdicts = algorithm === 16 ? ed448 : secure;
  const pair = [
    { flags: 257, algorithm },
    { flags: 256, algorithm },
  ];
  return [
    { title: `algorithm ${algorithm}, one key`, zone: { keys: [{ algorithm }] }, verdicts },
    { title: `algorithm ${algorithm}, KSK and ZSK`, zone: { keys: pair }, verdicts },
  ];
});

const keyRows: Row[] = [
  {
    title: "two KSKs",
    zone: { keys: [{}, {}, { flags: 256 }] },
    verdicts: secure,
  },
  {
    title: "two KSKs, the DS record's one does not sign",
    zone: { keys: [{ signing: false }, {}] },
    verdicts: bogus,
  },
  {
    title: "a key that is not published yet",
    zone: { keys: [{ published: false }, {}] },
    verdicts: bogus,
  },
  { title: "a key without SEP", zone: { keys: [{ flags: 256 }] }, verdicts: secure },
];

const rows: (Row & { readonly name: string })[] = [...conditionRows, ...algorithmRows, ...keyRows].map(
  (row, index) => ({ ...row, name: `row${index}.test` }),
);
const unsignedDelegation = "nods.test";
const changing = "changing.test";

/** One emulator has the zones; BIND delegates to them; another one is the registrar that publishes into BIND. */
let zones: Emulator;
let bind: BindParent;
let registrar: Emulator;

beforeAll(async () => {
  const names = [...rows.map(({ name }) => name), unsignedDelegation, changing];
  const options = [...rows.map(({ name, zone }) => ({ ...zone, name })), { name: unsignedDelegation }];
  zones = await started({ dns: { zones: [...options, { name: changing, ttl: 1 }] } });
  bind = await startBindParent(names.map((name) => ({ name, server: zones.dns.zonesServer })));
  const { address: server, keyName, secret } = bind;
  registrar = await started({
    domains: names,
    taskDurationMs: 50,
    dns: { parentUpdate: { server, zone: "test", keyName, secret, ttl: 5 } },
  });
  await Promise.all(rows.map(({ name }) => published(name, [zones.dns.zone(name).dsRecord()])));
});
afterAll(async () => {
  await closeAll();
  await bind.stop();
});

/** Resolves when the real parent has the records. */
async function published(domain: string, records: ReturnType<TestZone["dsRecord"]>[]) {
  registrar.setRecords(domain, records);
  await updated(domain, records.length);
}

function updated(domain: string, count: number) {
  return registrar.dns.waitForUpdate(
    (update) => update.domain === domain && update.records.length === count && update.error === undefined,
  );
}

async function verdictsOf(name: string) {
  return [await bind.delv(`www.${name}`), await bind.unbound(`www.${name}`)];
}

test.each(rows)("$title: delv and unbound say $verdicts", async ({ name, verdicts }) => {
  expect(await verdictsOf(name)).toEqual(verdicts);
});

test("without DS records: insecure", async () => {
  expect(await verdictsOf(unsignedDelegation)).toEqual(["insecure", "insecure"]);
});

test("what is not there is denied, and that validates", async () => {
  const { name } = rows[0] ?? { name: "" };
  for (const denied of [`nope.${name}`, `a.b.nope.${name}`, `0.${name}`])
    expect(await bind.delv(denied)).toContain("negative response, fully validated");
});

test("a task at the registrar turns a domain secure, and another one insecure again", async () => {
  const { keyTag, digest } = zones.dns.zone(changing).dsRecord();
  expect(await verdictsOf(changing)).toEqual(["insecure", "insecure"]);
  await call(registrar, "SaveSingleTaskForAddingDSRecord", {
    ...addition(keyTag, changing),
    Digest: digest,
  });
  await updated(changing, 1);
  expect((await dig(bind.address, changing, "DS")).answer).toEqual([
    `${changing}. 5 IN DS ${keyTag} 13 2 ${digest.toUpperCase()}`,
  ]);
  expect(await verdictsOf(changing)).toEqual(secure);
  registrar.dns.clearJournal();
  await call(registrar, "SaveSingleTaskForDeletingDSRecord", { DomainName: changing, KeyTag: keyTag });
  await registrar.dns.waitForUpdate(
    ({ domain, records, at }) =>
      domain === changing && records.length === 0 && at > (registrar.tasks(changing)[1]?.createdAt ?? 0),
  );
  expect(await verdictsOf(changing)).toEqual(["insecure", "insecure"]);
});
