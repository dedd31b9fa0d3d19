import type { Ds } from "../../../../provider/dnssec/ds";
import type { PreflightMode } from "../../../../provider/preflight/settings";
import { ds } from "../../bed";
import type { Declared, Program } from "../../stack";

/** A replacement: the tasks of its run, the refusals, and how the preview counted its records. */
export interface Row {
  readonly title: string;
  /** The stack's records, by resource. */
  readonly has: Readonly<Record<string, number | Ds>>;
  /** Other records at the registrar. */
  readonly undeclared?: readonly Ds[];
  readonly program: Program;
  /** The keys that sign the zone. `late` replaces them after 100 seconds. */
  readonly signing: readonly Ds[];
  readonly late?: readonly Ds[];
  readonly mode?: PreflightMode;
  readonly replace?: readonly string[];
  readonly preview: readonly string[];
  readonly tasks: readonly string[];
  readonly codes?: readonly string[];
  readonly says?: RegExp;
}

export const [one, two, eleven, twelve] = [ds(1), ds(2), ds(11), ds(12)];
export const to = (record: Ds, more: Omit<Declared, "ds"> = {}): Declared => ({ ds: record, ...more });
export const heldUp = "valid only through undeclared records";
export const bogus = ["PREFLIGHT_BOGUS"];
export const nothing = /Nothing was submitted\. /;

/** Replacements that add first, and changes that replace nothing. */
export const plainRows: readonly Row[] = [
  {
    title: "a published key",
    has: { a: 1 },
    program: { a: to(eleven) },
    signing: [one, eleven],
    preview: ["secure"],
    tasks: ["Adding 11", "Deleting 1"],
  },
  {
    title: "a key that no server publishes",
    has: { a: 1 },
    program: { a: to(eleven) },
    signing: [one],
    preview: [heldUp],
    tasks: [],
    codes: bogus,
    says: /example\.com\/11 was not added: when example\.com\/11 has replaced example\.com\/1, validating resolvers would give no answer.*Nothing was submitted\. Publish the key of "11 13 2 /s,
  },
  {
    title: "a key that appears during the wait",
    has: { a: 1 },
    program: { a: to(eleven) },
    signing: [one],
    late: [one, eleven],
    preview: [heldUp],
    tasks: ["Adding 11", "Deleting 1"],
  },
  {
    title: "the digest of another key under the tag of a published one",
    has: { a: 1 },
    program: { a: to(ds(11, "f")) },
    signing: [one, eleven],
    preview: [heldUp],
    tasks: [],
    codes: bogus,
  },
  {
    title: "a wrong key, under warn",
    has: { a: 1 },
    program: { a: to(eleven) },
    signing: [one],
    mode: "warn",
    preview: [heldUp],
    tasks: ["Adding 11", "Deleting 1"],
    says: /When example\.com\/11 has replaced example\.com\/1, example\.com will be bogus/,
  },
  {
    title: "a wrong key, under off",
    has: { a: 1 },
    program: { a: to(eleven) },
    signing: [one],
    mode: "off",
    preview: [heldUp],
    tasks: ["Adding 11", "Deleting 1"],
  },
  {
    title: "a key of an algorithm that no validator supports",
    has: { a: 1 },
    program: { a: to(ds(200)) },
    signing: [one],
    preview: [heldUp],
    tasks: ["Adding 200", "Deleting 1"],
    says: /When example\.com\/200 has replaced example\.com\/1, example\.com will be insecure/,
  },
  {
    title: "several at once, none of a published key",
    has: { a: 1, b: 2 },
    program: { a: to(eleven), b: to(twelve) },
    signing: [one, two],
    preview: [heldUp, heldUp],
    tasks: [],
    codes: [...bogus, ...bogus],
    says: nothing,
  },
  {
    title: "several at once, one of a published key",
    has: { a: 1, b: 2 },
    program: { a: to(eleven), b: to(twelve) },
    signing: [one, twelve],
    preview: ["secure", "secure"],
    tasks: ["Adding 11", "Adding 12", "Deleting 1", "Deleting 2"],
  },
  {
    title: "two that swap",
    has: { a: 1, b: 2 },
    program: { a: to(two), b: to(one) },
    signing: [one],
    preview: ["secure", "secure"],
    tasks: [],
  },
  {
    title: "a wrong key beside another record that holds the domain up",
    has: { a: 1, b: 2 },
    program: { a: to(eleven), b: to(two) },
    signing: [one, two],
    preview: ["secure", "secure"],
    tasks: ["Adding 11", "Deleting 1"],
  },
  {
    title: "a wrong key beside an undeclared record that holds the domain up",
    has: { a: 1 },
    undeclared: [two],
    program: { a: to(eleven) },
    signing: [one, two],
    preview: [heldUp],
    tasks: ["Adding 11", "Deleting 1"],
  },
  {
    title: "a wrong key together with a new record of a published one",
    has: { a: 1 },
    program: { a: to(eleven), b: to(twelve) },
    signing: [one, twelve],
    preview: ["secure", "secure"],
    tasks: ["Adding 11", "Adding 12", "Deleting 1"],
  },
  {
    title: "a standby that replaces none",
    has: { a: 1 },
    program: { a: to(one), b: to(two) },
    signing: [one],
    preview: ["secure", "secure"],
    tasks: ["Adding 2"],
  },
  {
    title: "a standby by another standby",
    has: { a: 1, b: 2 },
    program: { a: to(one), b: to(twelve) },
    signing: [one],
    preview: ["secure", "secure"],
    tasks: ["Adding 12", "Deleting 2"],
  },
  {
    title: "a new standby while the active record goes",
    has: { a: 1 },
    program: { b: to(two) },
    signing: [one],
    preview: [heldUp],
    tasks: ["Adding 2"],
    codes: bogus,
    says: /example\.com\/1 was not deleted.*This run submitted nothing for example\.com\/1\. Earlier, it added example\.com\/2 \(task [-0-9a-f]{36}\)\. .*To undo the change of example\.com\/2, remove example\.com\/2 from the program and run `pulumi up`\./s,
  },
  {
    title: "by a record of another domain",
    has: { a: 1, b: 2 },
    program: { a: to(eleven, { domainName: "example.net" }), b: to(two) },
    signing: [one, eleven],
    preview: ["secure", heldUp],
    tasks: ["Adding 11"],
    codes: bogus,
  },
];
