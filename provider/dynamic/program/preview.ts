import * as pulumi from "@pulumi/pulumi";
import type { Ds } from "../../dnssec/ds";
import { DsRecordError } from "../../errors";
import { spellingAdvice } from "../../wording/nearest";
import { systemDelegations } from "../../preflight/delegations";
import type { Message } from "../../preflight/policy";
import { PreviewedDelegations } from "../../preflight/previewVerdicts";
import {
  maxAdvisoryMs,
  readDnsSettings,
  resolveDnsOptions,
  type DnsOptions,
  type PreflightMode,
} from "../../preflight/settings";
import type { Verdict } from "../../preflight/verdict";
import { classOf, previewMessage } from "./previewMessage";
import { withoutStack } from "./runError";

/** The DNS options of a record, or of its explicit provider. */
export interface DnsInputs {
  readonly preflight?: pulumi.Input<PreflightMode | undefined> | undefined;
  readonly nameServers?: pulumi.Input<pulumi.Input<string>[] | undefined> | undefined;
  readonly parentNameServers?: pulumi.Input<pulumi.Input<string>[] | undefined> | undefined;
  /** Only set by a provider. A preview waits for no key, but reads this to report a wrong value. */
  readonly keyWait?: pulumi.Input<string | undefined> | undefined;
}

/** A record with the outputs that `check` computes from its inputs. */
export interface Previewed extends pulumi.Resource {
  readonly domainName: pulumi.Output<string>;
  readonly keyTag: pulumi.Output<number>;
  readonly algorithm: pulumi.Output<number>;
  readonly digestType: pulumi.Output<number>;
  readonly digest: pulumi.Output<string>;
}

/** The state of one preview. An inline program may be previewed again in the same process. */
class Preview {
  readonly delegations = new PreviewedDelegations(systemDelegations());
  readonly tally = new Map<string, string>();
  /** Domains of the records so far. */
  readonly domains = new Set<string>();
  /**
   * Number of records so far, of those whose inputs are known, of those being judged, and of those
   * judged.
   */
  announced = 0;
  known = 0;
  running = 0;
  ended = 0;
  hasFailed = false;
  #registering = 0;
  readonly #wakers = new Set<() => void>();

  /** Counts a record. Its URN resolves when the engine has registered it. */
  announce(record: pulumi.Resource): void {
    this.announced += 1;
    this.#registering += 1;
    record.urn.apply(() => {
      this.#registering -= 1;
      if (this.#registering === 0) for (const wake of this.#wakers) wake();
    });
  }

  /** Waits until the engine has registered every record so far, at most `ms` milliseconds. */
  async allRegistered(ms: number): Promise<void> {
    if (this.#registering === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(wake, ms);
      const wakers = this.#wakers;
      wakers.add(wake);
      function wake(): void {
        clearTimeout(timer);
        wakers.delete(wake);
        resolve();
      }
    });
  }
}

/** Previews by connection to the engine. Every run has its own connection. */
const previews = new WeakMap<object, Preview>();

/**
 * In a preview, where neither `create` nor `update` runs, asks the DNS how validating resolvers
 * would treat the record's domain, and shows on the record's row what is not secure. Does nothing
 * under mocks, or while inputs are unknown. A question without an answer is part of the verdict.
 * Wrong settings fail the preview; a mistake of this package is a warning.
 *
 * @param provider Arguments of the record's explicit provider, in place of the stack's
 *   configuration.
 */
export function showVerdict(record: Previewed, own: DnsInputs, provider: DnsInputs | undefined): void {
  const engine = pulumi.runtime.getEngine();
  if (!pulumi.runtime.isDryRun() || engine === undefined) return;
  const preview = previews.get(engine) ?? new Preview();
  previews.set(engine, preview);
  preview.announce(record);
  const { domainName, keyTag, algorithm, digestType, digest } = record;
  const known = pulumi.all([
    domainName,
    pulumi.all([keyTag, algorithm, digestType, digest]),
    pulumi.output(own),
    pulumi.output(provider),
  ]);
  known.apply(async ([domain, [tag, ...data], ownInputs, providerInputs]) => {
    const done = pulumi.runtime.rpcKeepAlive();
    preview.known += 1;
    try {
      const [algorithmNumber, type, hex] = data;
      const ds: Ds = { keyTag: tag, algorithm: algorithmNumber, digestType: type, digest: hex };
      await judge(preview, record, domain, ds, resolveOptions(ownInputs, providerInputs));
    } catch (error) {
      await fail(preview, record, error);
    } finally {
      done();
    }
  });
}

/** Reports once in a preview why records are not judged. */
async function fail(preview: Preview, resource: pulumi.Resource, error: unknown): Promise<void> {
  if (preview.hasFailed) return;
  preview.hasFailed = true;
  if (error instanceof DsRecordError && error.code === "CONFIG_INVALID") throw withoutStack(error);
  const kind = error instanceof Error ? error.name : typeof error;
  const text = `The preflight of this preview stopped because of a mistake in pulumi-alicloud-dnssec (${kind}). Not all records were judged. Please report it.`;
  // If the engine does not accept a message either, there is nothing left to do.
  await pulumi.log.warn(text, resource).catch(() => undefined);
}

export type Resolved = pulumi.Unwrap<DnsInputs>;

/**
 * Returns the DNS options that apply to a record, as the provider process resolves them.
 *
 * @param provider Arguments of the record's explicit provider, which take the place of the stack's
 *   configuration.
 */
export function resolveOptions(own: Resolved, provider: Resolved | undefined): DnsOptions {
  const config = new pulumi.Config("alicloud-dnssec");
  const lookup = (key: string): unknown => (provider ? provider[key as keyof Resolved] : config.get(key));
  return resolveDnsOptions({ ...own }, readDnsSettings(lookup, process.env));
}

async function judge(
  preview: Preview,
  resource: pulumi.Resource,
  domainName: string,
  ds: Ds,
  { mode, servers }: DnsOptions,
): Promise<void> {
  preview.domains.add(domainName);
  if (mode === "off") return;
  preview.running += 1;
  try {
    const until = preview.allRegistered(maxAdvisoryMs);
    const verdict = await preview.delegations.verdictOn({ domainName, ds, servers, until });
    preview.tally.set(`${domainName}/${ds.keyTag}`, classOf(verdict));
    const areSomeUnknown = preview.known < preview.announced;
    const message = previewMessage({ domainName, ds, verdict, mode, areSomeUnknown });
    if (message && isUndelegated(verdict)) {
      // The user can fix this, unlike a DNS that does not answer.
      await pulumi.log.warn(`${message.text} ${spellingAdvice(domainName, preview.domains)}`, resource);
    } else if (message) {
      await show(message, resource);
    }
  } finally {
    preview.running -= 1;
  }
  await summarise(preview);
}

function isUndelegated({ reasons }: Verdict): boolean {
  return reasons.some(({ code }) => code === "NOT_DELEGATED");
}

/** Shows a message on the row of a resource. */
export function show({ severity, text }: Message, resource: pulumi.Resource): Promise<void> {
  return severity === "warning" ? pulumi.log.warn(text, resource) : pulumi.log.info(text, resource);
}

/**
 * Writes one line when all records so far are judged. The program may declare further ones later.
 */
async function summarise(preview: Preview): Promise<void> {
  preview.ended += 1;
  const atThisEnd = preview.ended;
  await new Promise((resolve) => setImmediate(resolve));
  if (preview.running > 0 || preview.ended > atThisEnd) return;
  const counts = new Map<string, number>();
  for (const status of preview.tally.values()) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].map(([status, count]) => `${count} ${status}`);
  const records = preview.tally.size === 1 ? "1 DS record" : `${preview.tally.size} DS records`;
  await pulumi.log.info(`DNSSEC preflight of ${records}: ${parts.join(", ")}`);
}
