import * as pulumi from "@pulumi/pulumi";
import { formatDs, type Ds } from "../dnssec/ds";
import { systemDelegations } from "../preflight/delegations";
import { PreviewedDelegations } from "../preflight/previewed";
import { readDnsSettings, type DnsSettings, type PreflightMode } from "../preflight/settings";
import type { Verdict, VerdictStatus } from "../preflight/verdict";

/** The options of a record, or of its provider, that are about the DNS. */
export interface DnsInputs {
  readonly preflight?: pulumi.Input<PreflightMode | undefined> | undefined;
  readonly nameServers?: pulumi.Input<pulumi.Input<string>[] | undefined> | undefined;
  readonly parentNameServers?: pulumi.Input<pulumi.Input<string>[] | undefined> | undefined;
}

/** A record with the outputs that `check` has made of its inputs. */
export interface Previewed extends pulumi.Resource {
  readonly domainName: pulumi.Output<string>;
  readonly keyTag: pulumi.Output<number>;
  readonly algorithm: pulumi.Output<number>;
  readonly digestType: pulumi.Output<number>;
  readonly digest: pulumi.Output<string>;
}

let delegations: PreviewedDelegations | undefined;
const tally = new Map<string, VerdictStatus>();
let running = 0;
let ended = 0;

/**
 * In a preview, asks the DNS what validating resolvers would make of the record's domain, and says on the record's row what is not
 * secure: a preview runs neither `create` nor `update`. Silent under mocks, and where inputs are not known yet. Whatever goes
 * wrong with it goes unheard: it is no reason for a preview to fail.
 *
 * @param provider What the record's explicit provider says, in place of the stack's configuration.
 */
export function showVerdict(record: Previewed, own: DnsInputs, provider: DnsInputs | undefined): void {
  if (!pulumi.runtime.isDryRun() || pulumi.runtime.getEngine() === undefined) return;
  const { domainName, keyTag, algorithm, digestType, digest } = record;
  const known = pulumi.all([
    domainName,
    pulumi.all([keyTag, algorithm, digestType, digest]),
    pulumi.output(own),
    pulumi.output(provider),
  ]);
  known.apply(async ([domain, [tag, ...data], ownInputs, providerInputs]) => {
    const done = pulumi.runtime.rpcKeepAlive();
    try {
      const [algorithmNumber, type, hex] = data;
      const ds: Ds = { keyTag: tag, algorithm: algorithmNumber, digestType: type, digest: hex };
      await judge(record, domain, ds, settingsOf(ownInputs, providerInputs));
    } catch {
      // Said above.
    } finally {
      done();
    }
  });
}

type Resolved = pulumi.Unwrap<DnsInputs>;

function settingsOf(own: Resolved, provider: Resolved | undefined): DnsSettings & { mode: PreflightMode } {
  const config = new pulumi.Config("alicloud-dnssec");
  const lookup = (key: string): unknown =>
    provider ? listed(provider[key as keyof Resolved]) : config.get(key);
  const { preflight = "enforce", nameServers, parentNameServers } = own;
  return {
    mode: preflight,
    ...(nameServers && { nameServers }),
    ...(parentNameServers && { parentNameServers }),
    ...readDnsSettings(lookup, process.env),
  };
}

function listed(value: unknown): unknown {
  return Array.isArray(value) ? value.join(",") : value;
}

async function judge(
  record: pulumi.Resource,
  domainName: string,
  ds: Ds,
  { mode, ...servers }: DnsSettings & { mode: PreflightMode },
): Promise<void> {
  if (mode === "off") return;
  delegations ??= new PreviewedDelegations(systemDelegations());
  running += 1;
  try {
    const verdict = await delegations.verdictOn({ domainName, ds, servers });
    tally.set(`${domainName}/${ds.keyTag}`, verdict.status);
    const text = diagnostic(`${domainName}/${ds.keyTag}`, ds, verdict, mode);
    if (text !== undefined) await say[verdict.status](text, record);
  } finally {
    running -= 1;
  }
  await summarise();
}

/** Nobody can help it when there is no network: that is no warning. */
const say: Readonly<Record<VerdictStatus, typeof pulumi.log.warn>> = {
  bogus: pulumi.log.warn,
  insecure: pulumi.log.warn,
  unknown: pulumi.log.info,
  secure: pulumi.log.info,
};

function diagnostic(
  id: string,
  ds: Ds,
  { status, reasons, warnings }: Verdict,
  mode: PreflightMode,
): string | undefined {
  if (status === "secure") return undefined;
  const isRefused = mode === "strict" ? status !== "insecure" : mode === "enforce" && status === "bogus";
  const findings = [...reasons, ...(status === "unknown" ? [] : warnings)].map(({ message }) => message);
  return [
    `${id} (${formatDs(ds)}): ${meanings[status]}: ${findings.join("; ")}.`,
    isRefused
      ? `With preflight "${mode}", \`pulumi up\` does not add or change this record while that is so.`
      : "",
    "Judged is what the servers of the parent zone have, with this program's records over it; removals are not seen.",
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

const meanings: Readonly<Record<VerdictStatus, string>> = {
  secure: "secure",
  insecure: "insecure, validating resolvers would take the domain for unsigned",
  bogus: "bogus, validating resolvers would give no answer for the domain",
  unknown: "it is not known whether the domain validates with it",
};

/** One line when all that was begun is over; a program may come to further records after that. */
async function summarise(): Promise<void> {
  ended += 1;
  const atThisEnd = ended;
  await new Promise((resolve) => setImmediate(resolve));
  if (running > 0 || ended > atThisEnd) return;
  const counts = new Map<VerdictStatus, number>();
  for (const status of tally.values()) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].map(([status, count]) => `${count} ${status}`);
  const records = tally.size === 1 ? "1 DS record" : `${tally.size} DS records`;
  await pulumi.log.info(`DNSSEC preflight of ${records}: ${parts.join(", ")}`);
}
