import { domainToUnicode } from "node:url";
import { manualClock, startEmulator, type Emulator, type JournalEntry } from "../../emulator/index";
import { formatDs } from "../../provider/dnssec/ds";
import { DsRecordError } from "../../provider/errors";
import type { Context } from "../../provider/lifecycle/context";
import { Ledger } from "../../provider/lifecycle/ledger/ledger";
import type { Delegations } from "../../provider/lifecycle/ports";
import { createRecord, deleteRecord, updateRecord } from "../lifecycle/operations";
import { systemDelegations } from "../../provider/preflight/delegations";
import { leapingOn } from "../harness/clocks";
import { registrarOf } from "../lifecycle/bed";
import { startBed, type Bed, type Standing } from "./bed";
import { decisionsOf, type Decision } from "./decisions";
import { timeoutMs } from "./judgement";
import type { Change } from "./operations";
import { requireTools } from "../harness/requireTools";
import { topologies } from "./topologies";

/** `npm test` runs every eighth topology. */
const all = process.env["DECISIONS_ALL"] !== undefined;
jest.setTimeout(all ? 3_600_000 : 900_000);
/** Validators take seconds for a silent server, for each of the sets. */
const chosen = topologies.filter(
  ({ servers = [] }, index) => !servers.some(({ does }) => does === "silent") && (all || index % 8 === 0),
);

/** Maximum number of topologies at one time. */
const sideBySide = 4;

requireTools("named", "dnssec-signzone", "nsupdate", "dig", "delv", "unbound-host");
const counts = { throughs: 0, refusals: 0, wrong: 0 };

let bed: Bed;
let emulator: Emulator;
const clock = manualClock();

beforeAll(async () => {
  [bed, emulator] = await Promise.all([startBed(chosen), startEmulator({ clock, taskDurationMs: 0 })]);
  for (const { domain } of bed.standing) emulator.addDomain(domainToUnicode(domain));
});
afterAll(async () => {
  await Promise.all([bed.close(), emulator.close()]);
  process.stdout.write(
    `decisions: ${counts.throughs + counts.refusals} changes of ${chosen.length} topologies: ${counts.throughs} went through, ` +
      `${counts.refusals} were refused, ${counts.wrong} of these wrongly\n`,
  );
});

test("a change is made exactly if BIND and unbound do not find the result bogus", async () => {
  const wrong: string[] = [];
  const left = bed.standing.values();
  const work = async () => {
    for (const standing of left) wrong.push(...(await wrongDecisions(bed, standing, emulator, clock)));
  };
  await Promise.all(Array.from({ length: sideBySide }, work));
  counts.wrong = wrong.length;
  expect(wrong).toEqual([]);
  expect(Math.min(counts.throughs, counts.refusals)).toBeGreaterThan(50);
});

/** Makes all changes of a topology, and returns those with another outcome than they must have. */
async function wrongDecisions(
  bed: Bed,
  standing: Standing,
  emulator: Emulator,
  clock: ReturnType<typeof manualClock>,
): Promise<string[]> {
  const wrong: string[] = [];
  const contextFor = contextOf(standing, emulator, clock);
  for (const decision of await decisionsOf(bed, standing)) {
    const went = await goesThrough(decision.change, standing, emulator, contextFor());
    counts[went ? "throughs" : "refusals"] += 1;
    if (went !== decision.goesThrough) wrong.push(described(standing, decision, went));
  }
  return wrong;
}

const endings: Readonly<Record<string, boolean>> = {
  "done, submissions: 1": true,
  "REGISTRAR_REFUSED, submissions: 1": true,
  "PREFLIGHT_BOGUS, submissions: 0": false,
};

/**
 * Creates the lifecycle with the real registrar client and the real DNS. Waits for a key take no
 * time.
 */
function contextOf(
  { topology, ports, parentPort }: Standing,
  emulator: Emulator,
  manual: ReturnType<typeof manualClock>,
): () => Context {
  const clock = leapingOn(manual);
  const servers = topology.undelegated
    ? { parentNameServers: [`127.0.0.1:${parentPort}`] }
    : { nameServers: ports.map((port) => `127.0.0.1:${port}`) };
  const system = systemDelegations();
  // A zone does not change meanwhile, so it is asked once.
  const judges = new Map<string, ReturnType<Delegations["keysOf"]>>();
  const delegations: Delegations = {
    keysOf: (domain, given) => {
      const judge = judges.get(domain) ?? system.keysOf(domain, given, undefined, timeoutMs(topology));
      judges.set(domain, judge);
      return judge;
    },
    published: (domain, given, signal) => system.published(domain, given, signal),
  };
  const silent = { status: () => undefined, info: () => undefined, warning: () => undefined };
  return () => ({
    registrar: registrarOf(emulator, clock),
    delegations,
    dnsOverrides: { mode: "enforce", ...servers },
    clock,
    random: () => 0.5,
    signal: new AbortController().signal,
    ledger: new Ledger(),
    reporterOf: () => silent,
  });
}

/**
 * Returns whether the journal has a submission. The registrar refuses some records, which the
 * preflight does not know. Without a submission, the change must be refused for the right reason.
 */
async function goesThrough(
  { action, record, before }: Change,
  { domain }: Standing,
  emulator: Emulator,
  context: Context,
): Promise<boolean | string> {
  // The API names IDNs in Unicode.
  const named = domainToUnicode(domain);
  emulator.setRecords(named, before);
  const isSubmission = ({ action: name, params }: JournalEntry) =>
    name.startsWith("SaveSingleTask") && params["DomainName"] === named;
  const earlier = emulator.calls(isSubmission).length;
  const inputs = { domainName: domain, ...record };
  const id = `${domain}/${record.keyTag}`;
  const operations = {
    add: () => createRecord(inputs, context),
    modify: () => updateRecord(id, { ...inputs, ds: formatDs(record) }, inputs, context),
    remove: () => deleteRecord(id, { ...inputs, ds: formatDs(record) }, context),
  };
  const refusal: unknown = await operations[action]().then(
    () => undefined,
    (error: unknown) => error,
  );
  const tasks = emulator.calls(isSubmission).length - earlier;
  const code = refusal instanceof DsRecordError ? refusal.code : String(refusal);
  const ended = `${refusal === undefined ? "done" : code}, submissions: ${tasks}`;
  return endings[ended] ?? ended;
}

const ways: Readonly<Record<string, string>> = { true: "went through", false: "was refused" };

function described(
  { topology, domain }: Standing,
  { operation, change, before, after }: Decision,
  went: boolean | string,
) {
  const sets = [change.before, change.after].map((set) => `[${set.map(formatDs).join("; ")}]`);
  return (
    `${topology.name} (${domain}): ${operation.name}: ${change.action} from ${sets[0]} (${JSON.stringify(before)}) ` +
    `to ${sets[1]} (${JSON.stringify(after)}) ${ways[String(went)] ?? went}`
  );
}
