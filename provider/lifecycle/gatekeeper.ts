import { backoffDelay, type Backoff } from "../clock";
import type { Ds } from "../dnssec/ds";
import type { Context } from "./context";
import type { Job } from "./job";
import { duration } from "./polling";
import type { Change, Judge, Patience } from "./ports";
import { Postponed } from "./postponed";
import { remarksOn } from "./preflight";
import { remarksOnEnd, rulingOnChange } from "./replacementRuling";
import { replacementOf } from "./replacements";

/** For so many milliseconds at the most a key is waited for that may still be on its way to the zone's servers. */
const keyMs = 120_000;
const keyPace: Backoff = { first: 1_000, factor: 1.5, most: 10_000 };

/** Lets the changes of one run through that are safe, looking at the DNS for each. */
export class Gatekeeper {
  readonly #job: Job;
  readonly #patience: Patience;
  readonly #context: Context;
  readonly #said = new Set<string>();
  #tries = 0;
  #keyMsLeft: number | undefined;

  constructor(job: Job, patience: Patience, context: Context) {
    this.#job = job;
    this.#patience = patience;
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
  async pass(change: Change, before: readonly Ds[], others: number): Promise<void> {
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
    const { error, finding } = ruling;
    const leftMs = this.#keyMsLeft ?? this.#mostMsForKey();
    // Servers that do not answer are no key on its way.
    const mayCome = error.code === "PREFLIGHT_BOGUS";
    const pauseMs = others > 0 ? 0 : mayCome ? this.#pauseForKey(leftMs) : undefined;
    if (pauseMs === undefined) throw error;
    const awaited =
      others > 0
        ? `${others} other ${others === 1 ? "change" : "changes"} of ${identity.domain} first`
        : `for the key, ${duration(leftMs)} more at the most`;
    reporter.status(`not safe yet: waiting ${awaited}: ${finding}`);
    throw new Postponed(error, pauseMs);
  }

  /** Tells what is to be known of a record that is at the registrar already. */
  async remark(records: readonly Ds[]): Promise<void> {
    const { identity, dns } = this.#job;
    if (dns.mode === "off") return;
    const judge = await this.#judge();
    const replacement = replacementOf(identity, records, this.#context.memory);
    this.#warn([...remarksOn(identity, records, judge), ...remarksOnEnd(replacement, judge)]);
  }

  #judge(): Promise<Judge> {
    const { identity, dns, reporter } = this.#job;
    reporter.status(`asking the name servers of ${identity.domain} for its keys`);
    return this.#context.delegations.keysOf(identity.domain, dns.servers, this.#context.signal);
  }

  #mostMsForKey(): number {
    return Math.min(keyMs, Math.max(0, this.#patience.until - this.#context.clock.now()) / 2);
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
