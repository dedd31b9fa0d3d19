import { ds, registrarWith, type Bed } from "./bed";
import { Stack, type Declared, type Outcome, type Program } from "./stack";

// Pulumi rewrites URNs in a state, and leaves the copies alone that outputs and inputs have: what each operation submits
// afterwards, and on which row it reports.

let bed: Bed;
afterEach(() => bed.close());

interface Rewrite {
  readonly title: string;
  readonly as: Parameters<Stack["rewrite"]>[1];
  /** How the program declares the resource after it. */
  readonly declared?: Omit<Declared, "ds">;
  /** The program brings the rewrite about, by an alias; then destroy and refresh see the state as it was. */
  readonly isByProgram?: true;
}

const parentType = "my:index:Zone";
const rewrites: readonly Rewrite[] = [
  { title: "nothing", as: {} },
  { title: "stack rename", as: { place: "prod::shop" } },
  { title: "stack rename, with everything ignored", as: { place: "prod::shop" }, declared: { ignoresAll: true } },
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
  { title: "state move below another parent", as: { parentType, place: "prod::shop" }, declared: { parentType } },
];

type Given = (program: Program, stack: Stack) => Promise<Outcome>;

interface Operation {
  readonly title: string;
  /** The key tag and the last digit of the digest that the program declares; undefined if it declares none. */
  readonly data?: Parameters<typeof ds>;
  readonly options?: Omit<Declared, "ds">;
  readonly run: Given;
  readonly tasks: readonly string[];
  /** The record is in the state of a resource that is rewritten by hand or by the program: what each comes to differs. */
  readonly unlessRenamed?: readonly string[];
}

const up: Given = (program, stack) => stack.up(program);
const replace: Given = (program, stack) => stack.up(program, { replace: Object.keys(program) });
const first = { deleteBeforeReplace: true };

const operations: readonly Operation[] = [
  { title: "nothing to do", data: [1], run: up, tasks: [] },
  { title: "update in place", data: [1, "f"], run: up, tasks: ["Modifying 1"] },
  { title: "replacement", data: [2], run: up, tasks: ["Adding 2", "Deleting 1"] },
  { title: "replacement, deleting first", data: [2], options: first, run: up, tasks: ["Deleting 1", "Adding 2"] },
  { title: "--replace", data: [1], run: replace, tasks: [] },
  { title: "--replace, deleting first", data: [1], options: first, run: replace, tasks: [] },
  { title: "--replace by another", data: [2], run: replace, tasks: ["Adding 2", "Deleting 1"] },
  {
    title: "--replace by another, deleting first",
    data: [2],
    options: first,
    run: replace,
    tasks: ["Deleting 1", "Adding 2"],
  },
  { title: "removal beside another record", run: up, tasks: ["Deleting 1"] },
  { title: "destroy", run: (_, stack) => stack.destroy(), tasks: ["Deleting 1", "Deleting 9"] },
  { title: "refresh", run: (_, stack) => stack.refresh(), tasks: [] },
];

const table = rewrites.flatMap((rewrite) =>
  operations.map((operation) => ({ title: `${rewrite.title}: ${operation.title}`, rewrite, operation })),
);
