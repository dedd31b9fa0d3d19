import { judgeDelegation } from "../../../provider/preflight/judge";
import type { VerdictStatus } from "../../../provider/preflight/verdict";
import { requireTools } from "../../harness/requireTools";
import { startRealValidators, type RealValidators } from "./realValidators";
import { rows } from "./rows";
import { answerOf } from "./zones";

// BIND and unbound validate the same zones. Our verdict is the stricter of theirs.
requireTools("delv", "unbound-host");

const atOnce = 4;
const strictness: readonly VerdictStatus[] = ["bogus", "insecure", "secure"];

const now = Date.now();
const named = rows.map((row, index) => ({ row, name: `zone${index}.test` }));
const zones = new Map(named.map(({ row, name }) => [name, row.zone(name, now)] as const));
const types = new Map(named.map(({ row, name }) => [name, row.asksSoa ? "SOA" : "A"] as const));

describe("the verdicts of BIND and unbound", () => {
  let validators: RealValidators;
  const verdicts = new Map<string, Awaited<ReturnType<RealValidators["judge"]>>>();
  beforeAll(async () => {
    validators = await startRealValidators(zones, now);
    const waiting = [...zones.keys()];
    const work = async () => {
      for (let zone = waiting.pop(); zone !== undefined; zone = waiting.pop()) {
        verdicts.set(zone, await validators.judge(zone, types.get(zone) ?? "A"));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  }, 120_000);
  afterAll(() => validators.stop());

  test.each(named.map(({ row, name }) => [row.title, row, name] as const))("%s", (_, row, name) => {
    const { status, bind = status, unbound = status } = row;
    const published = zones.get(name);
    if (published === undefined) throw new Error("There is no such zone.");
    const answers = [answerOf("127.0.0.1", name, published)];
    const ours = judgeDelegation({ domainName: name, ds: published.ds, observed: { answers }, now }).status;
    expect({ ours, ...verdicts.get(name) }).toEqual({ ours: status, bind, unbound });
    // Debian's unbound-host has no Ed448.
    if (row.title === "algorithm 16") return;
    expect(ours).toBe(strictness.find((one) => one === bind || one === unbound));
  });
});
