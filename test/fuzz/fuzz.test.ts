import fc from "fast-check";
import type { Ds } from "../../provider/dnssec/ds";
import * as provider from "../../provider/provider";
import { checkInputs } from "../lifecycle/operations";
import { closeAll, registrarOf } from "../alicloud/bed";
import { leapingClock } from "../harness/clocks";
import { declarations, operationCases, validArguments } from "./bags";
import { scripts } from "./fakeRegistrar";
import {
  ask,
  listingIn,
  oddAnswers,
  oddAnswerSets,
  oddServer,
  sameListing,
  withAnswers,
  type ActionKind,
} from "./answers";
import { healed } from "./healing";
import { ending, slowEnding } from "./judge";
import { fuzz, leastCases, tally, tallyFile, withoutOtherListeners } from "./run";
import { call, contextOf, expectListed, expectSense, fakeWorld, isValid, type OperationName } from "./state";

jest.setTimeout(600_000);

tallyFile();

const mostReason = 2_000;

const checkCases = fc
  .tuple(declarations, operationCases)
  .map(([one, { value }]) => ({ ...one, olds: value.olds }));

test("check: arbitrary inputs are judged by property, in plain JSON", async () => {
  await fuzz(15_000, checkCases, async ({ value, olds }) => {
    const ended = await ending(() => provider.check(olds, value));
    if ("error" in ended) throw ended.error;
    const { failures } = ended.value;
    for (const { property, reason } of failures) {
      if (typeof property !== "string" || typeof reason !== "string" || reason === "") {
        throw new Error("A failure gives no reason.");
      }
      // A conflict names two resources, however long their names are.
      if (reason.length > mostReason && !reason.includes("is declared twice")) {
        throw new Error(`A reason has ${reason.length} characters.`);
      }
    }
    return failures.length === 0;
  });
});

test("diff: arbitrary states and inputs are compared", async () => {
  await fuzz(18_000, operationCases, async ({ value: { id, olds, news } }) => {
    const ended = await ending(() => provider.diff(id as string, olds, news));
    if ("error" in ended) throw ended.error;
    const { changes, replaces } = ended.value;
    if (typeof changes !== "boolean" || (replaces.length > 0 && !changes))
      throw new Error("it contradicts itself");
    return checkInputs(news).failures.length === 0;
  });
});

test.each<[OperationName, number]>([
  ["create", 12_000],
  ["read", 18_400],
  ["update", 12_000],
  ["delete", 15_000],
])("%s: arbitrary state, inputs and course of things", async (name, count) => {
  const cases = fc.tuple(operationCases, scripts).map(([one, script]) => ({ ...one, script }));
  await fuzz(count, cases, async ({ value, script }) => {
    const { context, registrar } = fakeWorld(script);
    const ended = await ending(() => call(name, value, context));
    expectSense(name, value, ended, registrar.answered);
    return isValid(name, value);
  });
});

describe("every answer of a server", () => {
  afterAll(closeAll);

  test.each<[ActionKind, number]>([
    ["list", 3_000],
    ["submit", 1_500],
    ["taskStatus", 1_500],
    ["runningTask", 1_500],
  ])("to %s", async (kind, count) => {
    const server = await oddServer();
    const clock = leapingClock();
    const registrar = registrarOf(server, clock);
    await fuzz(count, oddAnswers(kind), async (answer) => {
      server.give([answer]);
      clock.advance(600_000);
      const ended = await slowEnding(() => ask(registrar, kind));
      if (kind !== "list" || !("value" in ended)) return "value" in ended;
      const expected = listingIn(answer);
      if (!expected) throw new Error("Something else was taken for a listing.");
      if (!sameListing(ended.value as Ds[], expected)) throw new Error("It was read as something else.");
      return true;
    });
  });

  const impatient = { __timeouts: { create: "20s", update: "20s", delete: "20s" } };

  test.each<[OperationName, number]>([
    ["create", 300],
    ["read", 600],
    ["update", 300],
    ["delete", 300],
  ])("in %s: only a listing says whether a record exists", async (name, count) => {
    const server = await oddServer();
    const clock = leapingClock();
    const registrar = registrarOf(server, clock);
    await fuzz(
      count,
      fc.tuple(operationCases, oddAnswerSets).map(withAnswers),
      async ({ answers, ...one }) => {
        server.give(answers);
        clock.advance(600_000);
        const args = validArguments({ ...one, had: name === "delete" ? one.wanted : one.had }, impatient);
        const ended = await slowEnding(() => call(name, args, contextOf(registrar, clock)));
        const [list] = answers;
        if ("value" in ended) expectListed(name, args, ended.value, list && listingIn(list));
        return "value" in ended;
      },
    );
  });
});

describe("with the real client, before the emulator", () => {
  test.each<[OperationName, number]>([
    ["create", 150],
    ["read", 150],
    ["update", 150],
    ["delete", 150],
  ])("%s: the record heals from an odd state, and no other record is touched", async (name, count) => {
    await fuzz(count, operationCases, (one) => healed(name, one));
  });
});

test("the run was large enough, and every rejection was handled", () => {
  expect(tally.cases).toBeGreaterThanOrEqual(leastCases(100_000));
  expect(tally.origins.mutated / tally.cases).toBeGreaterThanOrEqual(0.5);
  expect(tally.unhandled).toBe(0);
});

test("an unhandled rejection is counted", async () => {
  const { unhandled } = tally;
  await withoutOtherListeners(async () => {
    void Promise.reject(new Error("planted"));
    await new Promise((resolve) => setImmediate(resolve));
  });
  expect(tally.unhandled).toBe(unhandled + 1);
  tally.unhandled = unhandled;
});
