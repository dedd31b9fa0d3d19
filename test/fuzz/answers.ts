import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { sameDs, type Ds } from "../../provider/dnssec/ds";
import type { Registrar, Submission } from "../../provider/registrar/registrar";
import { deadline, rawServer, type RawServer } from "../alicloud/bed";
import { domain, record, type Case } from "./bags";
import { anyJson, carriedOut, planned, type Json, type JsonObject } from "./json";

export type ActionKind = "list" | "submit" | "taskStatus" | "runningTask";

/** An answer of a server: JSON, possibly damaged on its way, with a status. */
export interface OddAnswer extends Case<Json> {
  readonly kind: ActionKind;
  readonly status: number;
  readonly damage: Damage;
}

const number = (value: number) => fc.constantFrom<Json>(value, value, value, String(value));

const entry: fc.Arbitrary<JsonObject> = record.chain(({ keyTag, algorithm, digestType, digest }) =>
  fc.record({
    KeyTag: number(keyTag),
    Algorithm: number(algorithm),
    DigestType: number(digestType),
    Digest: fc.constantFrom(digest, digest.toUpperCase()),
  }),
);

const task: fc.Arbitrary<JsonObject> = fc.record({
  TaskNo: fc.constantFrom("T-1", "T-2"),
  DomainName: fc.constantFrom(domain, domain, "EXAMPLE.com", "other.example"),
  TaskStatus: fc.constantFrom(
    "WAITING_EXECUTE",
    "EXECUTING",
    "EXECUTE_SUCCESS",
    "EXECUTE_FAILURE",
    "COMPLETE",
  ),
  TaskStatusCode: fc.nat(3),
  TryCount: number(0),
  FailReason: fc.constantFrom("", "refused by the registry"),
  CreateTime: fc.constant("2026-01-02 11:04:05"),
  UpdateTime: fc.constant("2026-01-02 11:05:05"),
});

const one = <T>(items: fc.Arbitrary<T>) => fc.array(items, { maxLength: 2 });

/** Correct answers of the registrar, in every known shape. */
const valid: Readonly<Record<ActionKind, fc.Arbitrary<Json>>> = {
  list: fc.oneof(
    {
      arbitrary: fc.record({
        RequestId: fc.constant("R-1"),
        DSRecordList: fc.array(entry, { maxLength: 3 }),
      }),
      weight: 8,
    },
    {
      arbitrary: fc.constantFrom<Json>({ RequestId: "R-1", DSRecordList: null }, { RequestId: "R-1" }),
      weight: 1,
    },
  ),
  submit: fc.constant({ RequestId: "R-1", TaskNo: "T-1" }),
  taskStatus: tasks("TaskDetail"),
  runningTask: tasks("TaskInfo"),
};

function tasks(name: string): fc.Arbitrary<Json> {
  return fc.oneof(one(task), task).map((list) => ({
    RequestId: "R-1",
    TotalItemNum: 1,
    PrePage: false,
    Data: { [name]: list as Json },
  }));
}

const damages = ["cut", "garbage", "bigNumbers", "twice", "proto", "latin1", "gzip"] as const;
const sizes = ["megabytes", "tooLarge"] as const;

/** Damages a text as a network can. */
export type Damage = "none" | (typeof damages)[number] | (typeof sizes)[number];

const damage: fc.Arbitrary<Damage> = fc.oneof(
  { arbitrary: fc.constant<Damage>("none"), weight: 200 },
  { arbitrary: fc.constantFrom<Damage>(...damages), weight: 60 },
  { arbitrary: fc.constantFrom<Damage>(...sizes), weight: 1 },
);

const status = fc.oneof(
  { arbitrary: fc.constant(200), weight: 9 },
  { arbitrary: fc.constantFrom(201, 302, 400, 404, 429, 500, 502, 503), weight: 1 },
);

/** Refusals of the gateway. */
const refusal: fc.Arbitrary<Json> = fc
  .constantFrom("DomainNotExist", "Throttling.User", "TaskIsBeingProcessed", "InternalError", "Forbidden.RAM")
  .map((Code) => ({ RequestId: "R-1", HostId: "domain.aliyuncs.com", Code, Message: "No." }));

export function oddAnswers(kind: ActionKind): fc.Arbitrary<OddAnswer> {
  const whole = fc.oneof({ arbitrary: valid[kind], weight: 6 }, { arbitrary: refusal, weight: 1 });
  return fc
    .record({ answer: whole, plan: planned(anyJson), status, damage })
    .map(({ answer, plan, ...rest }) => ({
      kind,
      origin: plan.origin,
      value: carriedOut(plan, answer),
      ...rest,
    }));
}

const kinds = ["list", "submit", "taskStatus", "runningTask"] as const;

/** An answer for each kind of call. */
export const oddAnswerSets: fc.Arbitrary<readonly OddAnswer[]> = fc.tuple(...kinds.map(oddAnswers));

/** A case whose result depends on its answers, above all on the listing. */
export function withAnswers<T>([one, answers]: [T, readonly OddAnswer[]]) {
  return { ...one, answers, origin: answers[0]?.origin ?? "valid" };
}

/** A server that gives one answer to each kind of call. The answer can be replaced. */
export interface OddServer extends RawServer {
  give(answers: readonly OddAnswer[]): void;
}

export async function oddServer(): Promise<OddServer> {
  let current: readonly OddAnswer[] = [];
  const server = await rawServer((response, { Action: action = "" }) => {
    const answer = current.find(({ kind }) => kind === kindOf(action));
    const { text, encoding } = rendered(answer);
    response.writeHead(answer?.status ?? 500, encoding).end(text);
  });
  return { ...server, give: (answers) => void (current = answers) };
}

function kindOf(action: string): ActionKind {
  if (action === "QueryDSRecord") return "list";
  if (action === "QueryTaskDetailList") return "taskStatus";
  return action === "QueryTaskList" ? "runningTask" : "submit";
}

function rendered(answer: OddAnswer | undefined): {
  text: string | Buffer;
  encoding: Record<string, string>;
} {
  if (!answer) return { text: "", encoding: {} };
  const text = textOf(answer);
  if (answer.damage === "gzip") return { text: gzipSync(text), encoding: { "content-encoding": "gzip" } };
  return { text: answer.damage === "latin1" ? Buffer.from(text, "latin1") : text, encoding: {} };
}

/** Returns the text of an answer after its damage. */
export function textOf({ value, damage }: OddAnswer): string {
  const text = JSON.stringify(value);
  switch (damage) {
    case "cut":
      return text.slice(0, text.length / 2);
    case "garbage":
      return `${text}\u0000<html>`;
    case "bigNumbers":
      return text.replace(/:([1-9]\d*)/g, `:$1${"0".repeat(30)}`);
    case "twice":
      return text.replace("{", `{"DSRecordList":[],"TaskNo":"T-2",`);
    case "proto":
      return text.replace("{", `{"__proto__":{"DSRecordList":[],"RequestId":"R-3"},`);
    case "megabytes":
      return text + " ".repeat(2_000_000);
    case "tooLarge":
      return text + " ".repeat(5_000_000);
    case "none":
    case "latin1":
    case "gzip":
      return text;
  }
}

/** Makes one call. */
export function ask(registrar: Registrar, kind: ActionKind): Promise<unknown> {
  const now = deadline({ until: 0 });
  switch (kind) {
    case "list":
      return registrar.list(domain, now);
    case "submit":
      return accepted(registrar.submit(domain, { action: "delete", keyTag: 1 }, now));
    case "taskStatus":
      return registrar.taskStatus(domain, "T-1", now);
    case "runningTask":
      return registrar.runningTask(domain, now);
  }
}

async function accepted(submission: Promise<Submission>): Promise<string> {
  const result = await submission;
  if (result.outcome !== "accepted") throw result.failure;
  return result.taskNo;
}

/**
 * Reads a listing in another way: HTTP 2xx, JSON, no `Code`, a RequestId, and a list of records
 * only, or none. Returns undefined for anything else.
 */
export function listingIn(answer: OddAnswer): readonly Ds[] | undefined {
  if (answer.status < 200 || answer.status > 299) return undefined;
  const body = parsed(textOf(answer));
  if (typeof body !== "object" || body === null || Array.isArray(body)) return undefined;
  const own = (name: string) => (Object.hasOwn(body, name) ? body[name] : undefined) ?? undefined;
  const list = own("DSRecordList") ?? [];
  if (own("Code") !== undefined || typeof own("RequestId") !== "string" || own("RequestId") === "")
    return undefined;
  if (!Array.isArray(list)) return undefined;
  const records = list.map(recordIn);
  return records.includes(undefined) ? undefined : (records as Ds[]);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function recordIn(entry: Json): Ds | undefined {
  if (typeof entry !== "object" || entry === null) return undefined;
  const { KeyTag, Algorithm, DigestType, Digest } = entry as JsonObject;
  const numbers = [KeyTag, Algorithm, DigestType].map((value) =>
    value === null || value === "" ? NaN : Number(value),
  );
  const [keyTag = NaN, algorithm = NaN, digestType = NaN] = numbers;
  if (!numbers.every((value) => Number.isInteger(value) && value >= 0)) return undefined;
  if (typeof Digest !== "string" || Digest === "") return undefined;
  return { keyTag, algorithm, digestType, digest: Digest.toLowerCase() };
}

/** Returns whether two listings are equal. */
export function sameListing(a: readonly Ds[], b: readonly Ds[]): boolean {
  return a.length === b.length && a.every((one, index) => sameDs(one, b[index] as Ds));
}
