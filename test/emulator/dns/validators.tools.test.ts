import {
  manualClock,
  type Emulator,
  type TestZoneOptions,
  type ZoneConditionName,
} from "../../../emulator/index";
import { addition, call, closeAll, started } from "../calls";
import { dig } from "../../harness/dig";
import { startValidators, type RealValidators } from "./realValidators";
import { requireTools } from "../../harness/requireTools";

requireTools("dig", "named", "delv", "unbound-host");

jest.setTimeout(60_000);

const secure = ["secure", "secure"];
const bogus = ["bogus", "bogus"];

interface Row {
  readonly title: string;
  readonly zone: Omit<TestZoneOptions, "name">;
  /** Verdicts of BIND's delv and of unbound. */
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
const unsignedDelegations = [unsignedDelegation, changing];

const clock = manualClock();
const taskDurationMs = 1000;
let emulator: Emulator;
let validators: RealValidators;

/** Every zone is served by the emulator, and so is their parent `test`. */
beforeAll(async () => {
  const zones = [
    ...rows.map(({ name, zone }) => ({ ...zone, name })),
    ...unsignedDelegations.map((name) => ({ name })),
  ];
  const domains = zones.map(({ name }) => name);
  emulator = await started({ clock, domains, taskDurationMs, dns: { zones } });
  for (const { name } of rows) emulator.setRecords(name, [emulator.dns.zone(name).dsRecord()]);
  validators = await freshValidators();
});
afterAll(async () => {
  await validators.stop();
  await closeAll();
});

function freshValidators(): Promise<RealValidators> {
  const { dns } = emulator;
  const zones = dns.zones.map(({ name }) => [name, dns.zonesServer] as const);
  const servers = Object.fromEntries([["test", dns.parent], ...zones]);
  return startValidators(dns.trustAnchor("test"), servers);
}

async function verdictsOf(name: string, { delv, unbound } = validators) {
  return [await delv(`www.${name}`), await unbound(`www.${name}`)];
}

/** The verdicts of validators that have cached nothing. */
async function freshVerdictsOf(name: string) {
  const fresh = await freshValidators();
  try {
    return await verdictsOf(name, fresh);
  } finally {
    await fresh.stop();
  }
}

test.each(rows)("$title: delv and unbound say $verdicts", async ({ name, verdicts }) => {
  expect(await verdictsOf(name)).toEqual(verdicts);
});

test("a delegation without DS records is insecure", async () => {
  expect(await verdictsOf(unsignedDelegation)).toEqual(["insecure", "insecure"]);
});

test("denials validate", async () => {
  const { name } = rows[0] ?? { name: "" };
  for (const denied of [`nope.${name}`, `a.b.nope.${name}`, `0.${name}`])
    expect(await validators.delv(denied)).toBe("nonexistent");
});

test("an added DS record makes a domain secure, its deletion insecure again", async () => {
  const { keyTag, digest } = emulator.dns.zone(changing).dsRecord();
  expect(await freshVerdictsOf(changing)).toEqual(["insecure", "insecure"]);
  await call(emulator, "SaveSingleTaskForAddingDSRecord", {
    ...addition(keyTag, changing),
    Digest: digest,
  });
  clock.advance(taskDurationMs);
  expect((await dig(emulator.dns.parent, changing, "DS")).answer).toEqual([
    `${changing}. 300 IN DS ${keyTag} 13 2 ${digest.toUpperCase()}`,
  ]);
  expect(await freshVerdictsOf(changing)).toEqual(secure);
  await call(emulator, "SaveSingleTaskForDeletingDSRecord", { DomainName: changing, KeyTag: keyTag });
  clock.advance(taskDurationMs);
  expect(await freshVerdictsOf(changing)).toEqual(["insecure", "insecure"]);
});
