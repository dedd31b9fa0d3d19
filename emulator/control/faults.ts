import { checkAction } from "../registrar/actions";
import { type Answer, type Body } from "../wire/answer";
import { normalizeName } from "../registrar/domains";
import { type ApiError } from "../wire/errors";
import { actionsOfFault, faultKindNames, hooksOf, type Fault } from "./faultKinds";
import { drawFraction } from "./seeded";
import { type TaskTraits } from "../registrar/tasks";

/**
 * A fault and the calls that it strikes. A call suffers the fault of every rule that it matches.
 */
export interface FaultRule {
  /** Action or actions to strike. Default: all that the fault applies to. */
  readonly action?: string | readonly string[];
  /**
   * Domain of the calls to strike, by `DomainName` or by the task that `TaskNo` names. Default:
   * any.
   */
  readonly domain?: string;
  /**
   * Number of the matching call to strike, or a range with both ends included. Counted from 1 when
   * the rule is added. Default: all.
   */
  readonly call?: number | { readonly from?: number; readonly to?: number };
  /** Maximum number of strikes. Default: no limit. */
  readonly times?: number;
  /**
   * Probability of striking a call that otherwise matches: above 0, at most 1. Decided by the seed:
   * with the same seed, rules added in the same order strike the same calls. Default: 1.
   */
  readonly probability?: number;
  readonly fault: Fault;
}

/** The combined faults that strike one call. */
export interface Struck {
  /** Changes to the task that the call submits. */
  readonly traits: TaskTraits;
  /** Answer in place of the API's. `effect`: whether the call is carried out first. */
  readonly instead?: { readonly answer: Answer | ApiError; readonly effect: boolean };
  /** Rewrites the body of a successful answer. */
  rewrite(body: Body): Body;
  /** Damages any answer. */
  damage(answer: Answer): Answer;
}

/**
 * The faults in force. Rules can be added and removed while the emulator runs.
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
   * Adds rules. Adding a rule again restarts its count.
   *
   * @throws {TypeError} for a rule that could never strike: an unknown kind or action, an action
   *   that the fault does not apply to, a call below 1, a probability of 0. The set then stays
   *   unchanged.
   */
  add(...rules: readonly FaultRule[]): void {
    rules.forEach(checkRule);
    for (const rule of rules) {
      this.#added += 1;
      this.#rules.set(rule, { number: this.#added, seen: 0, struck: 0 });
    }
  }

  /** Removes a rule, compared by identity. Returns whether it was there. */
  delete(rule: FaultRule): boolean {
    return this.#rules.delete(rule);
  }

  /** Removes all rules. */
  clear(): void {
    this.#rules.clear();
  }

  /** Counts a call and returns the faults that strike it. @internal */
  strike(action: string, domain: string | undefined): Struck {
    const hooks = [...this.#rules]
      .filter(([rule, count]) => matches(rule, action, domain) && this.#strikes(rule, count))
      .map(([{ fault }]) => hooksOf(fault));
    const instead = hooks.find((hook) => hook.instead)?.instead;
    return {
      traits: Object.assign({}, ...hooks.map(({ task }) => task)) as TaskTraits,
      ...(instead && { instead }),
      rewrite: (body) => hooks.reduce((result, { rewrite }) => rewrite?.(result) ?? result, body),
      damage: (answer) => hooks.reduce((result, { damage }) => damage?.(result) ?? result, answer),
    };
  }

  /** Counts a call that matches a rule. Returns whether the rule strikes it. */
  #strikes(rule: FaultRule, count: Count): boolean {
    const { times = Infinity, probability = 1 } = rule;
    const { from, to } = callsOf(rule);
    count.seen += 1;
    if (count.seen < from || count.seen > to || count.struck >= times) return false;
    if (drawFraction(this.#seed, count.number, count.seen) >= probability) return false;
    count.struck += 1;
    return true;
  }
}

/** Number of a rule in order of adding, and of the calls that it matched and struck. */
interface Count {
  readonly number: number;
  seen: number;
  struck: number;
}

function matches(rule: FaultRule, action: string, domain: string | undefined): boolean {
  if (!actionsOf(rule).includes(action)) return false;
  if (rule.domain === undefined) return true;
  return domain !== undefined && normalizeName(rule.domain) === normalizeName(domain);
}

function actionsOf({ action, fault }: FaultRule): readonly string[] {
  if (action === undefined) return actionsOfFault(fault);
  return typeof action === "string" ? [action] : action;
}

function callsOf({ call = {} }: FaultRule): { from: number; to: number } {
  if (typeof call === "number") return { from: call, to: call };
  return { from: call.from ?? 1, to: call.to ?? Infinity };
}

function checkRule(rule: FaultRule): void {
  const { kind } = rule.fault;
  if (!faultKindNames.includes(kind)) {
    throw new TypeError(`There is no fault ${JSON.stringify(kind)}. There are ${faultKindNames.join(", ")}.`);
  }
  for (const action of actionsOf(rule)) {
    checkAction(action);
    if (!actionsOfFault(rule.fault).includes(action)) {
      throw new TypeError(
        `A fault ${kind} does not apply to ${action}, only to ${actionsOfFault(rule.fault).join(", ")}.`,
      );
    }
  }
  const { from, to } = callsOf(rule);
  if (!(from >= 1 && to >= from))
    throw new TypeError(`call is ${JSON.stringify(rule.call)}, but calls are counted from 1.`);
  if (!((rule.times ?? 1) >= 1))
    throw new TypeError(`times is ${rule.times}, so the rule would never strike.`);
  const { probability = 1 } = rule;
  if (!(probability > 0 && probability <= 1)) {
    throw new TypeError(`probability is ${probability}, but must be above 0 and at most 1.`);
  }
}
