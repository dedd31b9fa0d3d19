import { withHiddenInputs } from "../../../provider/dynamic/process/hiddenInputs";
import type { PropertyBag, Records } from "../../../provider/records";
import { UnfinishedRecordError } from "../../../provider/records";
import { DsRecordError } from "../../../provider/errors";
import { rejection } from "../../rejection";

const id = "example.com/1";
const plainInputs = { domainName: "example.com", keyTag: 1 };
const hidden = {
  __provider: "text",
  __urn: "urn:pulumi:dev::p::t::ksk",
  __timeouts: { create: "1m", update: "2m", delete: "3m" },
  __defaults: [],
};
const ignoreChanges = { names: ["ds", 1], given: ["ds"] };

/** Operations that answer with what they get, and the calls that they got. */
function recordsThatEcho() {
  const calls: Record<string, unknown[]> = {};
  const noted =
    <T>(name: string, answer: (...bags: never[]) => T) =>
    (...args: never[]) => {
      calls[name] = args;
      return Promise.resolve(answer(...args));
    };
  const records = {
    check: noted("check", (_olds: PropertyBag, news: PropertyBag) => ({ inputs: news, failures: [] })),
    diff: noted("diff", () => ({ changes: false, replaces: [], deleteBeforeReplace: false as const })),
    create: noted("create", (inputs: PropertyBag) => ({ id, outs: inputs })),
    read: noted("read", (_id: string, props: PropertyBag) => ({ id, props, inputs: props })),
    update: noted("update", (_id: string, _olds: PropertyBag, news: PropertyBag) => ({ outs: news })),
    delete: noted("delete", () => undefined),
    cancel: () => undefined,
  } as unknown as Records;
  return { face: withHiddenInputs(records), calls };
}

test("the operations get no hidden input, and what Pulumi keeps has all of them", async () => {
  const { face, calls } = recordsThatEcho();
  const bag = { ...plainInputs, ...hidden };
  const { __urn: urn } = hidden;
  expect(await face.create(bag)).toEqual({ id, outs: bag });
  expect(await face.update(id, bag, bag)).toEqual({ outs: bag });
  expect(await face.read(id, bag)).toEqual({ id, props: bag, inputs: bag });
  await face.delete(id, bag);
  expect(await face.diff(id, bag, bag)).toMatchObject({ changes: false });
  expect(calls).toEqual({
    create: [plainInputs, { urn, timeoutMs: 60_000, isFirstRead: false }],
    update: [id, plainInputs, plainInputs, { urn, timeoutMs: 120_000, isFirstRead: false }],
    read: [id, plainInputs, { urn, isFirstRead: false }],
    delete: [id, plainInputs, { urn, timeoutMs: 180_000, isFirstRead: false }],
    diff: [id, plainInputs, plainInputs, { urn, isFirstRead: false }],
  });
});

test("the hint of ignoreChanges leaves the inputs, and a wrong time-out is one of the failures", async () => {
  const { face, calls } = recordsThatEcho();
  const news = { ...plainInputs, ...hidden, __timeouts: { create: "x" } };
  const olds = { ...plainInputs, __urn: "urn:pulumi:dev::p::t::former" };
  const { inputs } = await face.check(olds, { ...news, __ignoreChanges: ignoreChanges });
  expect(inputs).toEqual(news);
  const failures = [{ property: "customTimeouts", reason: expect.any(String) as string }];
  const ignored = { names: ["ds"], given: ["ds"] };
  const call = { urn: hidden.__urn, isUrnFromState: false, failures, ignored };
  expect(calls).toEqual({ check: [plainInputs, plainInputs, call] });
});

test("the inputs of the state, given again, are all ignored", async () => {
  const { face, calls } = recordsThatEcho();
  const bag = { ...plainInputs, ...hidden };
  await face.check(bag, bag);
  expect(calls["check"]?.at(-1)).toMatchObject({ ignored: "all", isUrnFromState: true, failures: [] });
});

test("a get is the first read, and leaves the state", async () => {
  const { face, calls } = recordsThatEcho();
  const bag = { ...plainInputs, ...hidden };
  expect(await face.read(id, { ...bag, __get: true })).toEqual({ id, props: bag, inputs: bag });
  expect(calls["read"]?.at(-1)).toMatchObject({ isFirstRead: true });
});

test.each<[name: string, old: PropertyBag, changes: boolean]>([
  ["a time-out", { __timeouts: { create: "9m" } }, true],
  ["a time-out that is gone", { __timeouts: undefined }, true],
  ["a get", { __get: true }, true],
  ["the URN", { __urn: "urn:pulumi:dev::p::t::former" }, false],
  ["the closure", { __provider: "older text" }, false],
])("of the hidden inputs, %s is compared or not", async (_, old, changes) => {
  const { face } = recordsThatEcho();
  const bag = { ...plainInputs, ...hidden };
  expect(await face.diff(id, { ...bag, ...old }, bag)).toMatchObject({ changes });
});

test("the state of an unfinished record has the hidden inputs", async () => {
  const unfinished = new UnfinishedRecordError(
    id,
    { ...plainInputs, pending: { action: "publish" } },
    new DsRecordError("NOT_PUBLISHED", "later"),
  );
  const records = { create: () => Promise.reject(unfinished), update: () => Promise.reject(unfinished) };
  const failing = withHiddenInputs(records as unknown as Records);
  const bag = { ...plainInputs, ...hidden };
  const properties = { ...bag, pending: { action: "publish" } };
  const saved = { code: "NOT_PUBLISHED", id, properties, reasons: ["later"] };
  expect(await rejection(failing.create(bag))).toMatchObject(saved);
  expect(await rejection(failing.update(id, bag, bag))).toMatchObject(saved);
});
