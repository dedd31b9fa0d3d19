import { actionNames } from "../registrar/actions";
import { type Answer, type Body } from "../wire/answer";
import { canonicalName } from "../registrar/domains";
import { type ApiError } from "../wire/errors";
import { actionsOfFault, faultKindNames, hooksOf, type Fault } from "./faultKinds";
import { draw } from "./seeded";
import { type TaskTraits } from "../registrar/tasks";

/** When something goes wrong, and what. Rules combine: a call suffers every fault whose rule it matches. */
export interface FaultRule {
  /** The action, or actions, that it strikes; by default all that the fault makes sense for. */
  readonly action?: string | readonly string[];
  /** Only calls about this domain: by `DomainName`, or by the task that `TaskNo` names. By default any call. */
  readonly domain?: string;
  /** Only the nth call that matches, counted from 1 since the rule was added, or those from the one to the other. */
  readonly call?: number | { readonly from?: number; readonly to?: number };
  /** How often it strikes at most; by default always. */
  readonly times?: number;
  /**
   * How likely it is to strike a call that it otherwise would: above 0, and up to 1, which is the default. The
   * emulator's seed decides: with the same seed, rules added in the same order strike the same of their calls.
   */
  readonly probability?: number;
  readonly fault: Fault;
}

/** The faults that strike one call, put together. */
export interface Struck {
  /** What becomes of the task that the call submits. */
  readonly traits: TaskTraits;
  /** The answer that takes the place of the API's; where there is none, the API answers. */
  readonly instead?: { readonly answer: Answer | ApiError; readonly effect: boolean };
  /** Rewrites the body of a successful answer. */
  rewrite(body: Body): Body;
  /** Damages an answer on its way. */
  damage(answer: Answer): Answer;
}

/**
 * The faults that are in force: they can be added and taken away while the emulator runs.
 *
 * @example emulator.faults.add({ action: "QueryDSRecord", call: 2, fault: { kind: "error", code: "Throttling.User" } });
 */
export class FaultSet implements Iterable<FaultRule> {
  readonly #rules = new Map<FaultRule, Count>();
  readonly #seed: string;
  #added = 0;

  constructor(seed: string, rules: Iterable<FaultRule> = []) {
    this.#seed = seed;
    this.add(...rules);
  }

  get size(): number {
    return this.#rules.size;
  }

  [Symbol.iterator](): Iterator<FaultRule> {
    return this.#rules.keys();
  }

  /**
   * Adds rules; adding one again starts its counting anew.
   *
   * @throws {TypeError} for a rule that could never strike: an unknown kind or action, an action that the fault makes no
   *   sense for, a call below 1, a probability of 0. The set is then as it was.
   */
  add(...rules: readonly FaultRule[]): void {
    rules.forEach(check);
    for (const rule of rules) {
      this.#added += 1;
      this.#rules.set(rule, { number: this.#added, seen: 0, struck: 0 });
    }
  }

  /** Takes a rule away, by identity. @returns whether it was there. */
  delete(rule: FaultRule): boolean {
    return this.#rules.delete(rule);
  }

  clear(): void {
    this.#rules.clear();
  }

  /** Counts a call, and says what strikes it. */
  strike(action: string, domain: string | undefined): Struck {
    const hooks = [...this.#rules]
      .filter(([rule, count]) => isMeant(rule, action, domain) && this.#strikes(rule, count))
      .map(([{ fault }]) => hooksOf(fault));
    const instead = hooks.find((hook) => hook.instead)?.instead;
    return {
      traits: Object.assign({}, ...hooks.map(({ task }) => task)) as TaskTraits,
      ...(instead && { instead }),
      rewrite: (body) => hooks.reduce((result, { rewrite }) => rewrite?.(result) ?? result, body),
      damage: (answer) => hooks.reduce((result, { damage }) => damage?.(result) ?? result, answer),
    };
  }

  /** Counts a call that a rule is meant for. */
  #strikes(rule: FaultRule, count: Count): boolean {
    const { times = Infinity, probability = 1 } = rule;
    const { from, to } = callsOf(rule);
    count.seen += 1;
    if (count.seen < from || count.seen > to || count.struck >= times) return false;
    if (draw(this.#seed, count.number, count.seen) >= probability) return false;
    count.struck += 1;
    return true;
  }
}

/** How many calls a rule was meant for, and how many it struck; rules are numbered as they are added. */
interface Count {
  readonly number: number;
  seen: number;
  struck: number;
}

function isMeant(rule: FaultRule, action: string, domain: string | undefined): boolean {
  if (!actionsOf(rule).includes(action)) return false;
  if (rule.domain === undefined) return true;
  return domain !== undefined && canonicalName(rule.domain) === canonicalName(domain);
}

function actionsOf({ action, fault }: FaultRule): readonly string[] {
  if (action === undefined) return actionsOfFault(fault);
  return typeof action === "string" ? [action] : action;
}

function callsOf({ call = {} }: FaultRule): { from: number; to: number } {
  if (typeof call === "number") return { from: call, to: call };
  return { from: call.from ?? 1, to: call.to ?? Infinity };
}

function check(rule: FaultRule): void {
  const { kind } = rule.fault;
  if (!faultKindNames.includes(kind)) {
    throw new TypeError(`There is no fault ${JSON.stringify(kind)}, only ${faultKindNames.join(", ")}.`);
  }
  for (const action of actionsOf(rule)) {
    if (!actionNames.includes(action))
      throw new TypeError(`The emulator has no action ${JSON.stringify(action)}.`);
    if (!actionsOfFault(rule.fault).includes(action)) {
      throw new TypeError(
        `A fault ${kind} makes no sense for ${action}, only for ${actionsOfFault(rule.fault).join(", ")}.`,
      );
    }
  }
  const { from, to } = callsOf(rule);
  if (!(from >= 1 && to >= from))
    throw new TypeError(`Calls are counted from 1: ${JSON.stringify(rule.call)} is none.`);
  if (!((rule.times ?? 1) >= 1)) throw new TypeError(`A rule that strikes ${rule.times} times never does.`);
  const { probability = 1 } = rule;
  if (!(probability > 0 && probability <= 1)) {
    throw new TypeError(`A probability is above 0 and at most 1: ${probability} is none.`);
  }
}
