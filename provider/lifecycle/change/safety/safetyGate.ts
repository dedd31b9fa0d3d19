import { backoffDelay, type Backoff } from "../../../concurrency/clock";
import { leftOf, type Deadline } from "../../../concurrency/deadline";
import type { Ds } from "../../../dnssec/ds";
import { isPublished } from "../../../preflight/policy";
import type { Change } from "../../../registrar/registrar";
import { duration } from "../../../wording/duration";
import type { Context } from "../../context";
import type { Judge } from "../../ports";
import { recordId } from "../request/identity";
import { refused, type ChangeRequest, type Refused } from "../request/request";
import { statusTexts } from "../wording/statusTexts";
import { awaitedFor, canBeAwaited, maxKeyWait } from "./keyWait";
import { remarksOnEnd, rulingOnChange } from "./replacementRuling";
import { replacementOf } from "./replacements";
import { remarksOn, type Ruling } from "./safetyRuling";

const keyPace: Backoff = { first: 1_000, factor: 1.5, max: 10_000 };

/**
 * The gate's decision about a change. A postponed change may be safe after `pauseMs` milliseconds,
 * in another turn.
 */
export type GateVerdict =
  { readonly kind: "go" } | { readonly kind: "postpone"; readonly pauseMs: number } | Refused;

/** Judges the tasks of one change by what the DNS says, right before each submission. */
export class SafetyGate {
  readonly #request: ChangeRequest;
  readonly #context: Context;
  readonly #said = new Set<string>();
  #tries = 0;
  #keyMsLeft: number | undefined;
  #maxKeyMs: number | undefined;

  constructor(request: ChangeRequest, context: Context) {
    this.#request = request;
    this.#context = context;
  }

  /**
   * Judges the DS set that a change leads to. A refusal has the code PREFLIGHT_BOGUS or
   * PREFLIGHT_UNPROVEN. Call this in the domain's turn, right before the submission.
   *
   * @param before The DS set that the registrar lists.
   * @param others How many other changes of the domain are still to have their first turn. They may
   *   make this one safe.
   */
  async pass(
    change: Change,
    before: readonly Ds[],
    others: number,
    deadline: Deadline,
  ): Promise<GateVerdict> {
    const { identity, dns, reporter } = this.#request;
    if (dns.mode === "off") return { kind: "go" };
    const judge = await this.#judge();
    // Only now, because the program may have declared more records of the domain in the meantime.
    const replacement = replacementOf(identity, before, this.#context.ledger);
    const ruling = rulingOnChange({ identity, change, before }, replacement, dns.mode, judge);
    if (ruling.kind === "refuse") return this.#postponeOrRefuse(ruling, others, deadline);
    for (const text of ruling.news) this.#say(text, (line) => reporter.info(line));
    this.#warn(ruling.worries);
    return { kind: "go" };
  }

  #postponeOrRefuse(
    { error, finding, reasons, set }: Extract<Ruling, { kind: "refuse" }>,
    others: number,
    deadline: Deadline,
  ): GateVerdict {
    const { reporter } = this.#request;
    const leftMs = this.#keyMsLeft ?? this.#maxMsForKey(deadline);
    if (others > 0) {
      reporter.status(statusTexts.othersFirst(others));
      return { kind: "postpone", pauseMs: 0 };
    }
    // Waiting does not help if servers do not answer.
    const canCome = error.code === "PREFLIGHT_BOGUS" && canBeAwaited(reasons);
    if (!canCome || leftMs <= 0) return refused(error);
    this.#tellFinding(finding, deadline);
    reporter.status(statusTexts.keyWait(awaitedFor(reasons, set), leftMs));
    return { kind: "postpone", pauseMs: this.#pauseForKey(leftMs) };
  }

  /**
   * Warns about a record that is already at the registrar. If the parent zone publishes all
   * declared records of the domain, the program process warns that the domain is not secure.
   */
  async remark(records: readonly Ds[]): Promise<void> {
    const { identity, dns } = this.#request;
    if (dns.mode === "off") return;
    const judge = await this.#judge();
    const replacement = replacementOf(identity, records, this.#context.ledger);
    const isToldElsewhere = judge(records).status !== "secure" && (await this.#isPublished());
    const remarks = isToldElsewhere ? [] : remarksOn(identity, records, judge);
    this.#warn([...remarks, ...remarksOnEnd(replacement, judge)]);
  }

  /** Returns whether the parent zone publishes the declared records of the domain. */
  async #isPublished(): Promise<boolean> {
    const { identity, dns, wish } = this.#request;
    const { delegations, ledger, signal } = this.#context;
    const asking = delegations.published(identity.domain, dns.servers, signal);
    const observation = await asking.catch(() => undefined);
    const declared = [wish.ds, ...ledger.declarations.dataOfDomain(identity.domain)];
    return observation !== undefined && isPublished(observation.answers, declared);
  }

  #judge(): Promise<Judge> {
    const { identity, dns, reporter } = this.#request;
    // Later on, the row keeps showing the reason for the wait.
    if (this.#tries === 0) reporter.status(statusTexts.asking());
    return this.#context.delegations.keysOf(identity.domain, dns.servers, this.#context.signal);
  }

  #tellFinding(finding: string, deadline: Deadline): void {
    const { identity, reporter } = this.#request;
    const longest = duration(this.#maxMsForKey(deadline));
    this.#say(`${recordId(identity)} waits at most ${longest} for its zone: ${finding}.`, (text) =>
      reporter.info(text),
    );
  }

  /** Returns the maximum wait in ms, as computed at the first refusal. */
  #maxMsForKey(deadline: Deadline): number {
    this.#maxKeyMs ??= maxKeyWait(this.#request.dns.keyWaitMs, leftOf(deadline, this.#context.clock));
    return this.#maxKeyMs;
  }

  #pauseForKey(leftMs: number): number {
    const pauseMs = Math.min(leftMs, backoffDelay(keyPace, this.#tries, this.#context.random));
    this.#tries += 1;
    this.#keyMsLeft = leftMs - pauseMs;
    return pauseMs;
  }

  #warn(texts: readonly string[]): void {
    for (const text of texts) this.#say(text, (line) => this.#request.reporter.warning(line));
  }

  /** Shows a text only once, because a change may be judged more than once. */
  #say(text: string, say: (text: string) => void): void {
    if (this.#said.has(text)) return;
    this.#said.add(text);
    say(text);
  }
}
