import * as pulumi from "@pulumi/pulumi";
import { domainName } from "../../dnssec/name";
import { systemDelegations } from "../../preflight/delegations";
import { questionKey } from "../../preflight/settings";
import { UnchangedDomain } from "../../preflight/unchangedDomain";
import { resolveOptions, show, type DnsInputs, type Previewed, type Resolved } from "./preview";
import { unchangedMessage } from "./previewMessage";

interface Domain {
  readonly name: string;
  readonly unchanged: UnchangedDomain;
  /** Records whose rows do not show the verdict yet. */
  waiting: pulumi.Resource[];
}

/** The state of one run of a program. An inline program may run again in the same process. */
class Run {
  readonly delegations = systemDelegations();
  readonly domains = new Map<string, Domain>();
}

/** Runs by connection to the engine. Every run has its own connection. */
const runs = new WeakMap<object, Run>();

/**
 * In `pulumi up`, shows on a record's row that its domain is not secure, where the run leaves the
 * domain as it is. For such a record the engine calls no function that could ask the DNS. The
 * question is sent while Pulumi works, so the program waits at most a few seconds for the answer
 * when it ends. Never fails a run.
 *
 * @param domainInput The domain as the program gives it, since the DNS is asked before anything
 *   changes.
 * @param provider Arguments of the record's explicit provider, in place of the stack's
 *   configuration.
 */
export function showUnchanged(
  record: Previewed,
  domainInput: pulumi.Input<string>,
  own: DnsInputs,
  provider: DnsInputs | undefined,
): void {
  const engine = pulumi.runtime.getEngine();
  if (pulumi.runtime.isDryRun() || engine === undefined) return;
  const run = runs.get(engine) ?? new Run();
  runs.set(engine, run);
  let domain: Domain | undefined;
  pulumi
    .all([pulumi.output(domainInput), pulumi.output(own), pulumi.output(provider)])
    .apply(([name, ownInputs, providerInputs]) => {
      domain = domainOf(run, name, ownInputs, providerInputs);
      domain?.unchanged.expect();
    });
  const { keyTag, algorithm, digestType, digest } = record;
  pulumi.all([keyTag, algorithm, digestType, digest]).apply(async ([tag, number, type, hex]) => {
    if (domain === undefined) return;
    const done = pulumi.runtime.rpcKeepAlive();
    try {
      domain.waiting.push(record);
      const ds = { keyTag: tag, algorithm: number, digestType: type, digest: hex };
      if (domain.unchanged.declare(ds)) await showVerdictOn(domain);
    } catch {
      // A verdict that cannot be shown is no reason to fail the run.
    } finally {
      done();
    }
  });
}

/** @returns Undefined where the mode is "off", or an input or a setting is wrong. */
function domainOf(
  run: Run,
  input: string,
  own: Resolved,
  provider: Resolved | undefined,
): Domain | undefined {
  try {
    const name = domainName(input);
    const { mode, servers } = resolveOptions(own, provider);
    if (mode === "off") return undefined;
    const key = questionKey(name, servers);
    const known = run.domains.get(key);
    if (known) return known;
    const domain = { name, unchanged: new UnchangedDomain(run.delegations, name, servers), waiting: [] };
    run.domains.set(key, domain);
    return domain;
  } catch {
    // Wrong inputs and settings have messages of their own.
    return undefined;
  }
}

async function showVerdictOn(domain: Domain): Promise<void> {
  const records = domain.waiting;
  domain.waiting = [];
  const verdict = await domain.unchanged.verdict();
  const message = verdict && unchangedMessage(domain.name, verdict);
  if (message === undefined) return;
  await Promise.all(records.map((record) => show(message, record)));
}
