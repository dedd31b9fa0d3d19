import type { Clock } from "../../concurrency/clock";
import type { Credentials, CredentialsSource, Environment } from "../../config";
import { credentialsIn, mistakeIn, type CredentialsAnswer } from "./answer";
import { DsRecordError } from "../../errors";

/** What gives credentials, time and again: it keeps its session, and fetches another one some time before that ends. */
export interface Provider {
  getCredentials(): Promise<unknown>;
}

/** One place that credentials can come from. It is asked only if it applies. */
export interface Link {
  /** In words that go on after "from". */
  readonly name: string;
  /** Why there is nothing to ask, in words; undefined where there is. Asks nobody. */
  absence(): string | undefined;
  /** A new one every time. */
  open(): Promise<Provider>;
}

export interface ChainParts {
  readonly links: readonly Link[];
  /** What is missing in the places before the chain, each as it is to be shown. */
  readonly missing: readonly string[];
  readonly env: Environment;
  readonly clock: Pick<Clock, "now">;
}

/** Why a link has given no credentials: it did not apply, or it failed. */
interface Finding {
  readonly link: Link;
  readonly mistake: string;
  readonly failed: boolean;
}

/**
 * Credentials, once they are there, are good for so many milliseconds without asking for them again: in the last quarter
 * of an hour of a session the vendor's library fetches another one every time, and an external command it runs every
 * time.
 */
const rememberedMs = 30_000;

/** Asks link by link. The first one that gives credentials is stayed with, so that a run does not change accounts. */
export class Chain implements CredentialsSource {
  readonly #parts: ChainParts;
  #name = "the default chain of credentials";
  #link: Link | undefined;
  #provider: Provider | undefined;
  #held: { readonly credentials: Credentials; readonly since: number } | undefined;
  #asking: Promise<Credentials> | undefined;
  #renewing: Promise<Credentials> | undefined;

  constructor(parts: ChainParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#name;
  }

  /** Those who ask at the same time get one answer. */
  get(): Promise<Credentials> {
    if (this.#renewing) return this.#renewing;
    const held = this.#held;
    if (held && this.#parts.clock.now() - held.since < rememberedMs) return Promise.resolve(held.credentials);
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  renew(): Promise<Credentials> {
    this.#renewing ??= this.#fetch().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  /** What was good so far is still tried when there is nothing new: whether it has expired, the registrar says. */
  async #ask(): Promise<Credentials> {
    const provider = this.#provider;
    const held = this.#held;
    if (!provider || !held) return this.#fetch();
    const answer = await this.#answerOf(() => Promise.resolve(provider));
    return this.#hold(answer.credentials ?? held.credentials, provider);
  }

  /** From new providers: one that has failed may go on failing. */
  async #fetch(): Promise<Credentials> {
    const findings: Finding[] = [];
    for (const link of this.#link ? [this.#link] : this.#parts.links) {
      const absence = link.absence();
      const answer = absence === undefined ? await this.#open(link, findings) : { mistake: absence };
      if (answer.credentials) return answer.credentials;
      findings.push({ link, mistake: answer.mistake, failed: absence === undefined });
    }
    throw this.#link ? lost(findings) : nowhere(this.#parts.missing, findings);
  }

  async #open(link: Link, before: readonly Finding[]): Promise<CredentialsAnswer> {
    let provider: Provider | undefined;
    const answer = await this.#answerOf(async () => (provider = await link.open()));
    if (!answer.credentials || !provider) return answer;
    if (!this.#link) this.#name = nameAfter(link, before);
    this.#link = link;
    this.#provider = provider;
    return { credentials: this.#hold(answer.credentials, provider) };
  }

  async #answerOf(open: () => Promise<Provider>): Promise<CredentialsAnswer> {
    try {
      return credentialsIn(await (await open()).getCredentials(), this.#parts.env);
    } catch (error) {
      return { mistake: mistakeIn(error) };
    }
  }

  /** Unless another provider has taken over meanwhile. */
  #hold(credentials: Credentials, provider: Provider): Credentials {
    if (provider === this.#provider) this.#held = { credentials, since: this.#parts.clock.now() };
    return credentials;
  }
}

/** An earlier link's failure explains why the credentials are not the expected ones. */
function nameAfter({ name }: Link, findings: readonly Finding[]): string {
  const failures = findings.filter(({ failed }) => failed).map(shown);
  return failures.length === 0 ? name : `${name} (${failures.join("; ")})`;
}

function shown({ link, mistake, failed }: Finding): string {
  return `${link.name}: ${failed ? "failed, " : ""}${mistake}`;
}

function nowhere(missing: readonly string[], findings: readonly Finding[]): DsRecordError {
  const [code, beginning, mending] = findings.some(({ failed }) => failed)
    ? (["CREDENTIALS_UNAVAILABLE", "could be had", "Mend what has failed, or set them"] as const)
    : (["CREDENTIALS_MISSING", "found", "Set them"] as const);
  const list = [...missing, ...findings.map(shown)].map((text) => `\n- ${text}`).join("");
  return new DsRecordError(
    code,
    `No Alibaba Cloud credentials ${beginning}. Looked at, in this order:${list}\n` +
      `${mending} with \`pulumi config set --secret alicloud-dnssec:accessKeyId …\` and ` +
      "`… alicloud-dnssec:accessKeySecret …`, or in the environment. Nothing was asked of the registrar.",
  );
}

function lost(findings: readonly Finding[]): DsRecordError {
  return new DsRecordError(
    "CREDENTIALS_UNAVAILABLE",
    `The credentials of this run could not be renewed (${findings.map(shown).join("; ")}). Mend that, then run it again.`,
  );
}
