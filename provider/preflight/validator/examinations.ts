import type { KeyAnswer, Keys, Observation } from "../../dns/answers";
import { Examination } from "./examination";
import { Work } from "./work";

/** The answers of a domain's servers, as far as they can be examined without a DS set. Equal answers are examined once. */
export class Examinations {
  readonly work = new Work();
  readonly #domainName: string;
  readonly #now: number;
  readonly #byAnswer = new Map<Keys, Examination>();
  readonly #byOctets = new Map<string, Examination>();

  /** @param now Milliseconds since the epoch. */
  constructor(domainName: string, now: number) {
    this.#domainName = domainName;
    this.#now = now;
  }

  of(answer: Keys): Examination {
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
   * Verifies what the answers hold before they are judged, and lets other work of the process have its turn in between.
   *
   * @throws the signal's reason when it is aborted.
   */
  async prepare({ answers }: Observation<KeyAnswer>, signal?: AbortSignal): Promise<void> {
    const told = answers.filter((answer) => answer.outcome === "answered");
    for (const examination of new Set(told.map((answer) => this.of(answer)))) {
      for (const step of examination.steps()) {
        const before = this.work.verifications;
        step();
        if (this.work.verifications > before) await turn();
        signal?.throwIfAborted();
      }
    }
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Tells two answers apart, by all that is judged of them. */
function octetsOf({ keys, signatures, data }: Keys): string {
  const sections = "unheard" in data ? [keys, signatures] : [keys, signatures, data.soa, data.signatures];
  const parts = sections.map((rdatas) => rdatas.map((rdata) => Buffer.from(rdata).toString("latin1")));
  return JSON.stringify([parts, "unheard" in data ? data.unheard : ""]);
}
