import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { FaultRule } from "../../emulator/index";
import { DsRecordError } from "../../provider/errors";
import { startBed } from "../lifecycle/bed";
import type { Cell } from "../reliability/cell";
import { submissionActions, readMs } from "../reliability/faults";
import { foreign, type Operation, type OperationState } from "../reliability/operations";
import { everythingOf } from "./everything";
import { quotations } from "./quotations";
import { canary } from "./search";

const domain = "example.com";
const quotingReason = "the task's reason quotes";

/** Texts that a cell leaves behind, by place. */
export type Traces = Readonly<
  Record<"error" | "reports" | "state" | "client" | "journal" | "stateFile", string>
>;

export interface Run {
  readonly traces: Traces;
  /** The last four characters of each call's access key id. */
  readonly keys: readonly string[];
}

type Bed = Awaited<ReturnType<typeof startBed>>;

/** Plants a leak, by place. */
const leaks: Readonly<Record<keyof Traces, (bed: Bed, state: OperationState, secret: string) => unknown>> = {
  error: (_, _state, secret) => {
    throw new DsRecordError("UNEXPECTED", `The key is ${secret}.`);
  },
  reports: ({ context }, _, secret) => context.reporterOf("urn").warning(`The key is ${secret}.`),
  state: (_, state, secret) => {
    state.record = { ...state.record, pending: { reason: secret } };
  },
  client: ({ context }, _, secret) => Object.assign(context.registrar, { last: { url: secret } }),
  // The journal recognises the plain secret itself.
  journal: ({ context }, _, secret) =>
    context.registrar
      .list(`${Buffer.from(secret).toString("hex").slice(0, 60)}.example`, {
        until: 0,
        signal: new AbortController().signal,
      })
      .catch(() => undefined),
  stateFile: ({ emulator }, _, secret) => emulator.setRecords(domain, [{ ...foreign, digest: secret }]),
};

/** The places that are searched after a run. */
export const searched = Object.keys(leaks) as (keyof Traces)[];

/**
 * Runs an operation under a fault, with the canaries as credentials.
 *
 * @param leak Place for a canary that must be found.
 */
export async function runWithCanaries(cell: Cell, leak?: keyof Traces): Promise<Run> {
  const { operation } = cell;
  const folder = mkdtempSync(path.join(tmpdir(), "secrets-test-"));
  const stateFile = path.join(folder, "emulator.json");
  const bed = await startBed(
    {
      accounts: [canary],
      domains: { [domain]: [foreign, ...operation.before] },
      faults: cell.rules,
      stateFile,
    },
    cell.slow && { connectMs: 4_000, readMs },
  );
  try {
    const state: OperationState = { record: operation.state.record, replaced: operation.state.replaced };
    if (cell.stuck) bed.emulator.holdTasks();
    const error: unknown = await operation
      .run(state, bed.context)
      .then(() => leak && leaks[leak](bed, state, canary.accessKeySecret))
      .then(() => undefined)
      .catch((thrown: unknown) => thrown);
    const traces: Traces = {
      error: error === undefined ? "" : everythingOf(error),
      reports: JSON.stringify(bed.reports),
      state: JSON.stringify(state),
      client: everythingOf(bed.context.registrar) + everythingOf(bed.context.ledger),
      journal: JSON.stringify(bed.emulator.journal),
      // The reason from the test itself is part of the registrar's records.
      stateFile: cell.fault === quotingReason ? "" : readFileSync(stateFile, "utf8"),
    };
    return { traces, keys: bed.emulator.calls().map(({ accessKeyId }) => accessKeyId) };
  } finally {
    await bed.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const codes = ["NobodyKnowsThisCode", "SignatureDoesNotMatch", "Throttling.User", "InternalError"];

const quoting: readonly { readonly fault: string; readonly rules: readonly FaultRule[] }[] = [
  ...codes.flatMap((code) =>
    quotations.map((quotation, index) => ({
      fault: `${code}, quoting in manner ${index}`,
      rules: [
        { fault: { kind: "error", code, message: `the string is: ${quotation} (${quotation})` } } as const,
      ],
    })),
  ),
  {
    fault: quotingReason,
    rules: [{ action: submissionActions, fault: { kind: "taskFails", reason: quotations.join(", ") } }],
  },
];

/** Faults that the reliability table does not have: answers that quote the request. */
export function quotingCells(operation: Operation): Cell[] {
  return quoting.map(({ fault, rules }) => ({ fault, rules, operation, call: "any" }));
}
