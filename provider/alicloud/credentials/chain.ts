import type { Clock } from "../../concurrency/clock";
import type { Credentials, CredentialsSource, Environment } from "../settings";
import { credentialsIn, type CredentialsAnswer } from "./answer";
import { reasonOf } from "./failure";
import { DsRecordError } from "../../errors";

/** Gives credentials repeatedly. It keeps its session, and fetches a new one before that ends. */
export interface Provider {
  getCredentials(): Promise<unknown>;
}

/** One place that credentials can come from. */
export interface Link {
  /** Words that follow "from" in a message. */
  readonly name: string;
  /** Returns why the link does not apply, in words, or undefined if it does. Makes no request. */
  absence(): string | undefined;
  /** Returns a new provider every time. */
  open(): Promise<Provider>;
}

export interface ChainParts {
  readonly links: readonly Link[];
  /** One line of the message for each place before the chain, with what it lacks. */
  readonly missing: readonly string[];
  readonly env: Environment;
  readonly clock: Pick<Clock, "now">;
}

/** A link that gave no credentials: it did not apply, or it failed. */
interface Finding {
  readonly link: Link;
  readonly reason: string;
  readonly failed: boolean;
}

/**
 * Time until the provider is asked again, in ms. In the last quarter of an hour of a session, the
 * vendor's library fetches a new one for every call, and it runs an external command for every
 * call.
 */
const keepMs = 30_000;

/**
 * Asks one link after another and keeps the first that gives credentials, so that a run never
 * changes accounts.
 */
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

  /** Returns the credentials. Simultaneous calls share one answer. */
  get(): Promise<Credentials> {
    if (this.#renewing) return this.#renewing;
    const held = this.#held;
    if (held && this.#parts.clock.now() - held.since < keepMs) return Promise.resolve(held.credentials);
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

  /**
   * Falls back to the old credentials when no new ones can be fetched: the API says whether they
   * have expired.
   */
  async #ask(): Promise<Credentials> {
    const provider = this.#provider;
    const held = this.#held;
    if (!provider || !held) return this.#fetch();
    const answer = await this.#answerOf(() => Promise.resolve(provider));
    return this.#hold(answer.credentials ?? held.credentials, provider);
  }

  /** Uses new providers, since one that has failed may keep failing. */
  async #fetch(): Promise<Credentials> {
    const findings: Finding[] = [];
    for (const link of this.#link ? [this.#link] : this.#parts.links) {
      const absence = link.absence();
      const answer = absence === undefined ? await this.#open(link, findings) : { reason: absence };
      if (answer.credentials) return answer.credentials;
      findings.push({ link, reason: answer.reason, failed: absence === undefined });
    }
    throw this.#link ? notRenewed(findings) : noCredentials(this.#parts.missing, findings);
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
      return { reason: reasonOf(error) };
    }
  }

  /** Keeps the credentials, unless another provider has taken over in the meantime. */
  #hold(credentials: Credentials, provider: Provider): Credentials {
    if (provider === this.#provider) this.#held = { credentials, since: this.#parts.clock.now() };
    return credentials;
  }
}

/**
 * Adds the failures of earlier links, which explain why the credentials are not the expected ones.
 */
function nameAfter({ name }: Link, findings: readonly Finding[]): string {
  const failures = findings.filter(({ failed }) => failed).map(describe);
  return failures.length === 0 ? name : `${name} (${failures.join("; ")})`;
}

function describe({ link, reason, failed }: Finding): string {
  return `${link.name}: ${failed ? "failed, " : ""}${reason}`;
}

function noCredentials(missing: readonly string[], findings: readonly Finding[]): DsRecordError {
  // A failed place, such as a role, may have been asked for at Alibaba Cloud.
  const [code, outcome, advice, sent] = findings.some(({ failed }) => failed)
    ? ([
        "CREDENTIALS_UNAVAILABLE",
        "could be obtained",
        "Fix what failed, or set credentials",
        "No other request",
      ] as const)
    : (["CREDENTIALS_MISSING", "were found", "Set credentials", "No request"] as const);
  const list = [...missing, ...findings.map(describe)].map((text) => `\n- ${text}`).join("");
  return new DsRecordError(
    code,
    `No Alibaba Cloud credentials ${outcome}. These places were tried, in this order:${list}\n` +
      `${advice} with \`pulumi config set --secret alicloud-dnssec:accessKeyId …\` and ` +
      `\`… alicloud-dnssec:accessKeySecret …\`, or in the environment. ${sent} was sent to Alibaba Cloud.`,
  );
}

function notRenewed(findings: readonly Finding[]): DsRecordError {
  return new DsRecordError(
    "CREDENTIALS_UNAVAILABLE",
    `The credentials of this run could not be renewed (${findings.map(describe).join("; ")}). Fix that, then run it again.`,
  );
}
