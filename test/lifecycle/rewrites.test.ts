import { diffRecords, noteCheck, noteDiff } from "./operations";
import { Ledger } from "../../provider/lifecycle/ledger/ledger";
import { ds, inputs, registrarWith, type Bed } from "./bed";
import { Stack, type Declared, type Outcome, type Program } from "./stack";

// Pulumi rewrites URNs in a state, but not their copies in outputs and inputs. The tests check what
// each operation submits afterwards, and on which row it reports.

let bed: Bed;
afterEach(() => bed.close());

interface Rewrite {
  readonly title: string;
  readonly as: Parameters<Stack["rewrite"]>[1];
  /** How the program declares the resource after it. */
  readonly declared?: Omit<Declared, "ds">;
  /** The rewrite comes from an alias in the program, so destroy and refresh see the old state. */
  readonly isByProgram?: true;
}

const parentType = "my:index:Zone";
const rewrites: readonly Rewrite[] = [
  { title: "nothing", as: {} },
  { title: "stack rename", as: { place: "prod::shop" } },
  {
    title: "stack rename, with everything ignored",
    as: { place: "prod::shop" },
    declared: { ignoresAll: true },
  },
  { title: "another project, as state move and export and import make it", as: { place: "prod::store" } },
  { title: "state rename", as: { name: "b" } },
  { title: "state rename, then stack rename", as: { name: "b", place: "prod::shop" } },
  { title: "an alias to another name", as: { name: "b" }, declared: { alias: "a" }, isByProgram: true },
  {
    title: "an alias to another parent",
    as: { parentType },
    declared: { alias: "a", parentType },
    isByProgram: true,
  },
  {
    title: "state move below another parent",
    as: { parentType, place: "prod::shop" },
    declared: { parentType },
  },
];

/**
 * The row on which an operation reports. `program`: that of the resource in the program. `state`:
 * the one that the copy in the state names, in the stack and project of this run; a renamed
 * resource has another one. `copy`: the one that the copy names, where no URN of this run is known;
 * none for a copy of another project.
 */
type Row = "program" | "state" | "copy";

interface Operation {
  readonly title: string;
  /** Key tag and last digit of the declared digest. Without them, nothing is declared. */
  readonly data?: Parameters<typeof ds>;
  readonly options?: Omit<Declared, "ds">;
  readonly run: (program: Program, stack: Stack) => Promise<Outcome>;
  readonly tasks: readonly string[];
  readonly rows: readonly Row[];
  /** The rename has cut the record off from its resource. */
  readonly isRefusedOnceRenamed?: true;
}

const up: Operation["run"] = (program, stack) => stack.up(program);
const replace: Operation["run"] = (program, stack) => stack.up(program, { replace: Object.keys(program) });
const first = { deleteBeforeReplace: true };

const operations: readonly Operation[] = [
  { title: "nothing to do", data: [1], run: up, tasks: [], rows: [] },
  { title: "update in place", data: [1, "f"], run: up, tasks: ["Modifying 1"], rows: ["program"] },
  { title: "replacement", data: [2], run: up, tasks: ["Adding 2", "Deleting 1"], rows: ["program"] },
  {
    title: "replacement, deleting first",
    data: [2],
    options: first,
    run: up,
    tasks: ["Deleting 1", "Adding 2"],
    rows: ["program"],
  },
  { title: "--replace", data: [1], run: replace, tasks: [], rows: ["program", "state"] },
  {
    title: "--replace, deleting first",
    data: [1],
    options: first,
    run: replace,
    tasks: [],
    rows: ["program", "state"],
    isRefusedOnceRenamed: true,
  },
  {
    title: "--replace by another",
    data: [2],
    run: replace,
    tasks: ["Adding 2", "Deleting 1"],
    rows: ["program", "state"],
  },
  {
    title: "--replace by another, deleting first",
    data: [2],
    options: first,
    run: replace,
    tasks: ["Deleting 1", "Adding 2"],
    rows: ["program", "state"],
    isRefusedOnceRenamed: true,
  },
  { title: "removal beside another record", run: up, tasks: ["Deleting 1"], rows: ["state"] },
  {
    title: "destroy",
    run: (_, stack) => stack.destroy(),
    tasks: ["Deleting 1", "Deleting 9"],
    rows: ["copy"],
  },
  { title: "refresh", run: (_, stack) => stack.refresh(), tasks: [], rows: [] },
];

const table = rewrites
  .flatMap((rewrite) =>
    operations.map((operation) => ({ title: `${rewrite.title}: ${operation.title}`, rewrite, operation })),
  )
  .filter(({ rewrite, operation }) => !rewrite.isByProgram || operation.data !== undefined);

const oldUrn = "urn:pulumi:dev::shop::pulumi-nodejs:dynamic/alicloud-dnssec:DsRecord::a";
const isIgnored = ({ declared }: Rewrite, { run, data }: Operation) =>
  declared?.ignoresAll === true && run === up && data !== undefined;

/** Returns the rows of all but the other record. */
function rowsIn({ reports }: Bed): (string | undefined)[] {
  return [...new Set(reports.map(({ urn }) => urn))].filter((urn) => !urn?.endsWith("::z"));
}

test.each(table)("$title", async ({ rewrite, operation }) => {
  bed = await registrarWith([]);
  const stack = new Stack(bed);
  const z = { ds: ds(9) };
  await stack.up({ a: { ds: ds(1) }, z });
  bed.reports.length = 0;
  if (!rewrite.isByProgram) {
    stack.rewrite("a", rewrite.as);
    stack.rewrite("z", rewrite.as.place === undefined ? {} : { place: rewrite.as.place });
  }
  const name = rewrite.as.name ?? "a";
  const program: Program = operation.data
    ? { [name]: { ds: ds(...operation.data), ...rewrite.declared, ...operation.options }, z }
    : { z };
  const outcome = await operation.run(program, stack);

  const isRenamed = name !== "a" || rewrite.declared?.parentType !== undefined;
  if (isRenamed && operation.isRefusedOnceRenamed) {
    expect([outcome.codes, outcome.tasks]).toEqual([["REPLACEMENT_UNFINISHED"], []]);
    expect(outcome.messages[0]).toContain("run once without deleteBeforeReplace and --replace");
    return;
  }
  const rows: Record<Row, string | undefined> = {
    program: stack.urnOf(name, rewrite.declared),
    state: oldUrn.replace("dev::shop", stack.place),
    copy: stack.place.endsWith("::shop") ? oldUrn : undefined,
  };
  expect({ codes: outcome.codes, tasks: outcome.tasks, rows: new Set(rowsIn(bed)) }).toEqual({
    codes: [],
    tasks: isIgnored(rewrite, operation) ? [] : operation.tasks,
    rows: new Set(isIgnored(rewrite, operation) ? [] : operation.rows.map((row) => rows[row])),
  });
  // The same program then changes nothing.
  if (operation.data && !rewrite.declared?.ignoresAll) {
    const { [name]: own } = program;
    if (own) expect(await stack.up({ ...program, [name]: own })).toMatchObject({ tasks: [], codes: [] });
  }
});

test("a replacement under ignoreChanges does not count as a second resource", () => {
  const ledger = new Ledger("shop");
  const bag = (place: string) => inputs(ds(1), { __urn: oldUrn.replace("dev::shop", place) });
  expect(noteCheck(bag("dev::shop"), bag("dev::shop"), ledger)).toEqual([]);
  expect(noteCheck({}, bag("prod::shop"), ledger)).toEqual([]);
  expect(ledger.resources.current(oldUrn)).toBe(oldUrn.replace("dev::shop", "prod::shop"));
});

test("two resources that declare one record are refused in any stack", () => {
  const ledger = new Ledger();
  const bag = (name: string) => inputs(ds(1), { __urn: `${oldUrn}${name}` });
  expect(noteCheck({}, bag("1"), ledger)).toEqual([]);
  const [failure] = noteCheck({}, bag("2"), ledger);
  expect(failure?.reason).toContain(`example.com/1 is declared twice, by ${oldUrn}2 and by ${oldUrn}1.`);
});

test("the URN that a refresh takes from the state does not tie a record to a resource", () => {
  const ledger = new Ledger("shop");
  const bag = inputs(ds(1), { __urn: oldUrn });
  noteDiff("example.com/1", bag, bag, diffRecords("example.com/1", bag, bag), ledger);
  expect(ledger.resources.holderOf("example.com/1")).toBeUndefined();
});
