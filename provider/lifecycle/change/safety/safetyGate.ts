import { backoffDelay, type Backoff } from "../../../concurrency/clock";
import { sameDs, type Ds } from "../../../dnssec/ds";
import type { Context } from "../../context";
import { recordId } from "../identity";
import type { Job } from "../request";
import { awaitedFor, canBeAwaited, longestKeyWait } from "./keyWait";
import { duration } from "../task/polling";
import { leftOf, type Deadline } from "../../../concurrency/deadline";
import type { Change } from "../../../registrar/registrar";
import type { Judge } from "../../ports";
import { Postponed } from "../postponed";
import { remarksOn } from "./safetyRuling";
import { remarksOnEnd, rulingOnChange } from "./replacementRuling";
import { replacementOf } from "./replacements";
import { statusTexts } from "../statusTexts";

const keyPace: Backoff = { first: 1_000, factor: 1.5, most: 10_000 };

/** Lets the changes of one run through that are safe, looking at the DNS for each. */
export class Gatekeeper {
  readonly #job: Job;
  readonly #context: Context;
  readonly #said = new Set<string>();
  #tries = 0;
  #keyMsLeft: number | undefined;
  #mostMs: number | undefined;

  constructor(job: Job, context: Context) {
    this.#job = job;
    this.#context = context;
  }

  /**
   * To be called right before a submission, in the domain's turn.
   *
   * @param before The DS set that the registrar lists.
   * @param others How many other changes of the domain are still to come: they may make this one safe.
   * @throws {Postponed} when it is worth while to come again.
   * @throws {DsRecordError} PREFLIGHT_BOGUS, PREFLIGHT_UNPROVEN
   */
  async pass(change: Change, before: readonly Ds[], others: number, deadline: Deadline): Promise<void> {
    const { identity, dns, reporter } = this.#job;
    if (dns.mode === "off") return;
    const judge = await this.#judge();
    // Only now: meanwhile the run may have come to further records of the domain.
    const replacement = replacementOf(identity, before, this.#context.memory);
    const ruling = rulingOnChange({ identity, change, before }, replacement, dns.mode, judge);
    if (ruling.kind === "go") {
      for (const text of ruling.news) this.#say(text, (line) => reporter.info(line));
      this.#warn(ruling.worries);
      return;
    }
    const { error, finding, reasons, set } = ruling;
    const leftMs = this.#keyMsLeft ?? this.#mostMsForKey(deadline);
    // Servers that do not answer are no key on its way.
    const mayCome = error.code === "PREFLIGHT_BOGUS" && canBeAwaited(reasons);
    const pauseMs = others > 0 ? 0 : mayCome ? this.#pauseForKey(leftMs) : undefined;
    if (pauseMs === undefined) throw error;
    if (others === 0) this.#tellFinding(finding, deadline);
    reporter.status(
      others > 0 ? statusTexts.othersFirst(others) : statusTexts.keyWait(awaitedFor(reasons, set), leftMs),
    );
    throw new Postponed(error, pauseMs);
  }

  /**
   * Tells what is to be known of a record that is at the registrar already. Where the parent zone publishes all records that
   * the program declares for the domain, the program process tells that it is not secure.
   */
  async remark(records: readonly Ds[]): Promise<void> {
    const { identity, dns } = this.#job;
    if (dns.mode === "off") return;
    const judge = await this.#judge();
    const replacement = replacementOf(identity, records, this.#context.memory);
    const isToldElsewhere = judge(records).status !== "secure" && (await this.#isPublished());
    const remarks = isToldElsewhere ? [] : remarksOn(identity, records, judge);
    this.#warn([...remarks, ...remarksOnEnd(replacement, judge)]);
  }

  /** Returns whether the servers of the parent zone have the declared records of the domain, all that answer. */
  async #isPublished(): Promise<boolean> {
    const { identity, dns, wish } = this.#job;
    const { delegations, memory, signal } = this.#context;
    const observation = await delegations
      .published(identity.domain, dns.servers, signal)
      .catch(() => undefined);
    const sets = observation?.answers.flatMap((one) => (one.outcome === "answered" ? [one.ds] : [])) ?? [];
    const wanted = [wish.ds, ...memory.declarations.dataOfDomain(identity.domain)];
    const isWhole = (set: readonly Ds[]) => wanted.every((one) => set.some((ds) => sameDs(ds, one)));
    return sets.length > 0 && sets.every(isWhole);
  }

  #judge(): Promise<Judge> {
    const { identity, dns, reporter } = this.#job;
    // The row keeps what the change waits for.
    if (this.#tries === 0) reporter.status(statusTexts.asking());
    return this.#context.delegations.keysOf(identity.domain, dns.servers, this.#context.signal);
  }

  #tellFinding(finding: string, deadline: Deadline): void {
    const { identity, reporter } = this.#job;
    const most = duration(this.#mostMsForKey(deadline));
    this.#say(`${recordId(identity)} waits at most ${most} for its zone: ${finding}.`, (text) =>
      reporter.info(text),
    );
  }

  /** Fixed when the first wait begins. */
  #mostMsForKey(deadline: Deadline): number {
    this.#mostMs ??= longestKeyWait(this.#job.dns.keyWaitMs, leftOf(deadline, this.#context.clock));
    return this.#mostMs;
  }

  /** @returns undefined when a key has been waited for long enough. */
  #pauseForKey(leftMs: number): number | undefined {
    if (leftMs <= 0) return undefined;
    const pauseMs = Math.min(leftMs, backoffDelay(keyPace, this.#tries, this.#context.random));
    this.#tries += 1;
    this.#keyMsLeft = leftMs - pauseMs;
    return pauseMs;
  }

  #warn(texts: readonly string[]): void {
    for (const text of texts) this.#say(text, (line) => this.#job.reporter.warning(line));
  }

  /** A run may look more than once. */
  #say(text: string, say: (text: string) => void): void {
    if (this.#said.has(text)) return;
    this.#said.add(text);
    say(text);
  }
}
