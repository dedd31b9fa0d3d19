import type { ApexAnswer, KeyAnswer, Observation } from "../../dns/answers";
import { Examination } from "./examination";
import { Work } from "./work";

/** The examinations of the answers of a domain's servers. Equal answers share one. */
export class Examinations {
  readonly work = new Work();
  readonly #domainName: string;
  readonly #now: number;
  readonly #byAnswer = new Map<ApexAnswer, Examination>();
  readonly #byOctets = new Map<string, Examination>();

  /** @param now In ms since the epoch. */
  constructor(domainName: string, now: number) {
    this.#domainName = domainName;
    this.#now = now;
  }

  of(answer: ApexAnswer): Examination {
    const known = this.#byAnswer.get(answer);
    if (known !== undefined) return known;
    const octets = octetsOf(answer);
    const found =
      this.#byOctets.get(octets) ?? new Examination(this.#domainName, answer, this.#now, this.work);
    this.#byAnswer.set(answer, found);
    this.#byOctets.set(octets, found);
    return found;
  }

  /**
   * Verifies the signatures in the answers before they are judged, and yields to other work of the
   * process in between.
   *
   * @throws The signal's reason when it is aborted.
   */
  async prepare({ answers }: Observation<KeyAnswer>, signal?: AbortSignal): Promise<void> {
    const answered = answers.filter((answer) => answer.outcome === "answered");
    for (const examination of new Set(answered.map((answer) => this.of(answer)))) {
      for (const step of examination.steps()) {
        const before = this.work.verifications;
        step();
        if (this.work.verifications > before) await nextTurn();
        signal?.throwIfAborted();
      }
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Returns everything in an answer that is judged, as a key for equal answers. */
function octetsOf({ keys, signatures, data }: ApexAnswer): string {
  const sections = "unheard" in data ? [keys, signatures] : [keys, signatures, data.soa, data.signatures];
  const parts = sections.map((rdatas) => rdatas.map((rdata) => Buffer.from(rdata).toString("latin1")));
  return JSON.stringify([parts, "unheard" in data ? data.unheard : ""]);
}
