import { dsFromDnskey, parseDnskey } from "../../provider/dnssec/dnskey";
import type { Ds } from "../../emulator/index";
import { dnskey } from "../lifecycle/record/exampleRecord";
import {
  driftTable,
  drifts,
  forms,
  ignoredNames,
  type FormName,
} from "../lifecycle/record/ignoreChanges/table";
import { createWorld, program, type World } from "./world";

jest.setTimeout(1_800_000);

const key = parseDnskey(dnskey);

/** A resource with its own domain, and the expected result. */
interface Row {
  readonly name: string;
  readonly domain: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly ignoreChanges: readonly string[];
  readonly declared: Ds;
  /** The registrar's record after the drift; undefined if it is gone. */
  readonly live: Ds | undefined;
  readonly operation: "same" | "update" | "create";
  /** The record that the registrar must have after `pulumi up`. */
  readonly result: Ds;
}

/** Returns the table's record for this domain. Only the digests of the key differ by domain. */
function recordFor(domain: string, record: Ds): Ds {
  const isOfKey = !/^(ab)+$/.test(record.digest);
  return isOfKey ? { ...record, digest: dsFromDnskey(domain, key, record.digestType).digest } : { ...record };
}

function argsFor(domain: string, form: FormName): Record<string, unknown> {
  const { keyTag, algorithm, digestType, digest } = dsFromDnskey(domain, key, 2);
  const own = { digest, ds: `${keyTag} ${algorithm} ${digestType} ${digest}` };
  const given = Object.entries(forms[form]).map(([name, value]) => [name, own[name as "ds"] ?? value]);
  return { domainName: domain, ...(Object.fromEntries(given) as object) };
}

function resultOf(domain: string, form: FormName, live: Ds, cell: string): Ds {
  const declared = dsFromDnskey(domain, key, 2);
  const digestType = cell.includes("t") ? declared.digestType : live.digestType;
  const hasKey = form.includes("dnskey") && digestType === 4;
  const digest = hasKey ? dsFromDnskey(domain, key, digestType).digest : declared.digest;
  return {
    keyTag: declared.keyTag,
    algorithm: cell.includes("a") ? declared.algorithm : live.algorithm,
    digestType,
    digest: cell.includes("d") ? digest : live.digest,
  };
}

const cells = Object.entries(driftTable).flatMap(([form, lines]) =>
  Object.entries(lines).flatMap(([ignored, line]) => [
    ...Object.values(drifts).map((live, column) => ({
      form: form as FormName,
      ignored,
      live: live as Ds | undefined,
      cell: line.trim().split(/ +/)[column] ?? "",
    })),
    { form: form as FormName, ignored, live: undefined, cell: "gone" },
  ]),
);

/**
 * Every 31st cell, which covers all forms, ignored names and drifts. `npm run test:engine` runs all
 * cells, by form.
 */
const some = cells.filter((_, index) => index % 31 === 0);
const stacks =
  process.env["ENGINE_ALL"] === undefined
    ? [["all forms", some] as const]
    : Object.keys(forms).map((name) => [name, cells.filter(({ form }) => form === name)] as const);

const rowsOf = (chosen: typeof cells) =>
  chosen.map(({ form, ignored, live, cell }, index): Row => {
    const domain = `row${index}.example`;
    const declared = dsFromDnskey(domain, key, 2);
    const common = { name: `row${index}`, domain, args: argsFor(domain, form), declared };
    const ignoreChanges = ignoredNames[ignored] ?? [];
    if (!live) return { ...common, ignoreChanges, live, operation: "create", result: declared };
    const drifted = recordFor(domain, live);
    const operation = cell === "-" ? "same" : "update";
    return {
      ...common,
      ignoreChanges,
      live: drifted,
      operation,
      result: resultOf(domain, form, drifted, cell),
    };
  });

const textOf = (rows: readonly Row[]) =>
  program(
    Object.fromEntries(
      rows.map(({ name, args, ignoreChanges }) => [name, { args, options: { ignoreChanges } }]),
    ),
  );

function drift(world: World, rows: readonly Row[]): void {
  for (const { domain, live } of rows) world.emulator.setRecords(domain, live ? [live] : []);
}

/**
 * Returns the operations that a preview announces, by resource name. After a refresh, the last one
 * counts.
 */
async function announced(
  world: World,
  rows: readonly Row[],
  args: string[],
): Promise<Record<string, string>> {
  const { events } = await world.project.preview(args, { events: true });
  const steps = events
    .map((event) => (event["resourcePreEvent"] as { metadata: Step } | undefined)?.metadata)
    .flatMap((step) => (step ? [[step.urn.split("::").at(-1) ?? "", step.op] as const] : []));
  const operations = Object.fromEntries(steps);
  return Object.fromEntries(rows.map(({ name }) => [name, operations[name] ?? "none"]));
}

interface Step {
  readonly urn: string;
  readonly op: string;
}

const listed = ({ emulator }: World, rows: readonly Row[]) =>
  Object.fromEntries(rows.map(({ name, domain }) => [name, emulator.records(domain)]));

const title = "after a drift, `refresh`, `up --refresh` and `preview --refresh` come to the same: %s";

test.each(stacks)(title, async (_, chosen) => {
  const rows = rowsOf(chosen);
  const expected = Object.fromEntries(rows.map(({ name, operation }) => [name, operation]));
  const results = Object.fromEntries(rows.map(({ name, result }) => [name, [result]]));
  const patient = { timeoutSeconds: 600 };
  const world = await createWorld({
    emulator: { domains: rows.map(({ domain }) => domain), taskDurationMs: 0 },
    project: { program: textOf(rows) },
  });
  try {
    await world.project.up([], patient);
    drift(world, rows);
    expect(await announced(world, rows, ["--refresh"])).toEqual(expected);
    await world.project.refresh([], patient);
    expect(await announced(world, rows, [])).toEqual(expected);
    await world.project.up([], patient);
    expect(listed(world, rows)).toEqual(results);

    drift(world, rows);
    await world.project.up(["--refresh"], patient);
    expect(listed(world, rows)).toEqual(results);
    expect(await world.project.previewIsEmpty(["--refresh"])).toBe(true);
  } finally {
    await world.close();
  }
});
