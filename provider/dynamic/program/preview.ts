import * as pulumi from "@pulumi/pulumi";
import type { Ds } from "../../dnssec/ds";
import { DsRecordError } from "../../errors";
import { spellingAdvice } from "../../wording/nearest";
import { systemDelegations } from "../../preflight/delegations";
import { PreviewedDelegations } from "../../preflight/previewVerdicts";
import {
  maxAdvisoryMs,
  readDnsSettings,
  resolveDnsOptions,
  type DnsOptions,
  type PreflightMode,
} from "../../preflight/settings";
import type { Verdict } from "../../preflight/verdict";
import { classOf, diagnosticOf, type JudgedRecord } from "./previewMessage";
import { withoutStack } from "./runError";

/** The options of a record, or of its provider, that are about the DNS. */
export interface DnsInputs {
  readonly preflight?: pulumi.Input<PreflightMode | undefined> | undefined;
  readonly nameServers?: pulumi.Input<pulumi.Input<string>[] | undefined> | undefined;
  readonly parentNameServers?: pulumi.Input<pulumi.Input<string>[] | undefined> | undefined;
  /** Of a provider: a preview waits for no key, and reads it to tell what is wrong with it. */
  readonly keyWait?: pulumi.Input<string | undefined> | undefined;
}

/** A record with the outputs that `check` has made of its inputs. */
export interface Previewed extends pulumi.Resource {
  readonly domainName: pulumi.Output<string>;
  readonly keyTag: pulumi.Output<number>;
  readonly algorithm: pulumi.Output<number>;
  readonly digestType: pulumi.Output<number>;
  readonly digest: pulumi.Output<string>;
}

/** What one preview has come to: an inline program may be previewed again in the same process. */
class Preview {
  readonly delegations = new PreviewedDelegations(systemDelegations());
  readonly tally = new Map<string, string>();
  /** Domains that the program has come to. */
  readonly domains = new Set<string>();
  /** Records of the program, and those whose inputs are known. */
  announced = 0;
  known = 0;
  running = 0;
  ended = 0;
  isBrokenOff = false;
  #registering = 0;
  readonly #wakers = new Set<() => void>();

  /** Counts a record in. Its URN is known when the engine has heard of it. */
  announce(record: pulumi.Resource): void {
    this.announced += 1;
    this.#registering += 1;
    record.urn.apply(() => {
      this.#registering -= 1;
      if (this.#registering === 0) for (const wake of this.#wakers) wake();
    });
  }

  /** Waits until the engine has heard of every record that the program has come to, and at most `ms` milliseconds. */
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

/** By the connection to the engine, of which every run has its own. */
const previews = new WeakMap<object, Preview>();

/**
 * In a preview, asks the DNS what validating resolvers would make of the record's domain, and says on the record's row what is not
 * secure: a preview runs neither `create` nor `update`. Silent under mocks, and where inputs are not known yet. A
 * failure to ask is a part of the verdict. Wrong settings fail the preview; a mistake of this package is a warning.
 *
 * @param provider What the record's explicit provider says, in place of the stack's configuration.
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
      await judge(preview, record, { domainName: domain, ds }, resolveOptions(ownInputs, providerInputs));
    } catch (error) {
      await breakOff(preview, record, error);
    } finally {
      done();
    }
  });
}

/** Says once a preview why records are not judged. */
async function breakOff(preview: Preview, resource: pulumi.Resource, error: unknown): Promise<void> {
  if (preview.isBrokenOff) return;
  preview.isBrokenOff = true;
  if (error instanceof DsRecordError && error.code === "CONFIG_INVALID") throw withoutStack(error);
  const kind = error instanceof Error ? error.name : typeof error;
  const text = `The preflight of this preview broke off by a mistake in pulumi-alicloud-dnssec (${kind}): not all records were judged. Please report it.`;
  // Where the engine takes no message either, there is nothing left to say.
  await pulumi.log.warn(text, resource).catch(() => undefined);
}

export type Resolved = pulumi.Unwrap<DnsInputs>;

/**
 * Returns the DNS options that apply to a record, as the provider process resolves them.
 *
 * @param provider Arguments of the record's explicit provider, which take the place of the stack's configuration.
 */
export function resolveOptions(own: Resolved, provider: Resolved | undefined): DnsOptions {
  const config = new pulumi.Config("alicloud-dnssec");
  const lookup = (key: string): unknown => (provider ? provider[key as keyof Resolved] : config.get(key));
  return resolveDnsOptions({ ...own }, readDnsSettings(lookup, process.env));
}

async function judge(
  preview: Preview,
  resource: pulumi.Resource,
  { domainName, ds }: Pick<JudgedRecord, "domainName" | "ds">,
  { mode, servers }: DnsOptions,
): Promise<void> {
  preview.domains.add(domainName);
  if (mode === "off") return;
  preview.running += 1;
  try {
    const verdict = await preview.delegations.verdictOn({
      domainName,
      ds,
      servers,
      until: preview.allRegistered(maxAdvisoryMs),
    });
    preview.tally.set(`${domainName}/${ds.keyTag}`, classOf(verdict));
    const areSomeUnknown = preview.known < preview.announced;
    const diagnostic = diagnosticOf({ domainName, ds, verdict, mode, areSomeUnknown });
    if (diagnostic && !isUndelegated(verdict)) await say[diagnostic.severity](diagnostic.text, resource);
    if (diagnostic && isUndelegated(verdict)) {
      // Unlike a DNS that cannot be asked, this can be helped.
      await say.warning(`${diagnostic.text} ${spellingAdvice(domainName, preview.domains)}`, resource);
    }
  } finally {
    preview.running -= 1;
  }
  await summarise(preview);
}

function isUndelegated({ reasons }: Verdict): boolean {
  return reasons.some(({ code }) => code === "NOT_DELEGATED");
}

const say = { warning: pulumi.log.warn, info: pulumi.log.info } as const;

/** One line when all that was begun is over; a program may come to further records after that. */
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
