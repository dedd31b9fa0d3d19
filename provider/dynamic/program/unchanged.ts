import * as pulumi from "@pulumi/pulumi";
import { domainName } from "../../dnssec/name";
import { systemDelegations } from "../../preflight/delegations";
import { Standing } from "../../preflight/unchangedDomain";
import { standingDiagnosticOf } from "./previewMessage";
import { resolveOptions, type DnsInputs, type Previewed, type Resolved } from "./preview";

interface Domain {
  readonly name: string;
  readonly standing: Standing;
  /** Records that have not told the verdict. */
  untold: pulumi.Resource[];
}

/** The findings of one run of a program; an inline program may run again in the same process. */
class Run {
  readonly delegations = systemDelegations();
  readonly domains = new Map<string, Domain>();
}

/** By the connection to the engine; every run has its own. */
const runs = new WeakMap<object, Run>();

/**
 * In `pulumi up`, says on a record's row that its domain is not secure, where the run leaves the domain as it is: for such a
 * record the engine calls nothing that could ask the DNS. The question goes out while Pulumi works, so that only the end of
 * the program waits for the answer, some seconds at most. Never fails a run.
 *
 * @param domainInput The domain as the program gives it: the DNS has to be asked before anything changes.
 * @param provider The options of the record's explicit provider, in place of the stack's configuration.
 */
export function showStanding(
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
      domain = askedOf(run, name, ownInputs, providerInputs);
      domain?.standing.expect();
    });
  const { keyTag, algorithm, digestType, digest } = record;
  pulumi.all([keyTag, algorithm, digestType, digest]).apply(async ([tag, number, type, hex]) => {
    if (domain === undefined) return;
    const done = pulumi.runtime.rpcKeepAlive();
    try {
      domain.untold.push(record);
      const ds = { keyTag: tag, algorithm: number, digestType: type, digest: hex };
      if (domain.standing.declare(ds)) await tell(domain);
    } catch {
      // Said above.
    } finally {
      done();
    }
  });
}

/** @returns undefined where nobody is to be asked, or what to ask is not clear. */
function askedOf(run: Run, input: string, own: Resolved, provider: Resolved | undefined): Domain | undefined {
  try {
    const name = domainName(input);
    const { mode, servers } = resolveOptions(own, provider);
    if (mode === "off") return undefined;
    const key = JSON.stringify([name, servers.nameServers, servers.parentNameServers]);
    const domain = run.domains.get(key) ?? {
      name,
      standing: new Standing(run.delegations, name, servers),
      untold: [],
    };
    run.domains.set(key, domain);
    return domain;
  } catch {
    // Bad inputs and settings have messages of their own.
    return undefined;
  }
}

async function tell(domain: Domain): Promise<void> {
  const records = domain.untold;
  domain.untold = [];
  const verdict = await domain.standing.verdict();
  const diagnostic = verdict && standingDiagnosticOf(domain.name, verdict);
  if (diagnostic === undefined) return;
  const say = diagnostic.severity === "warning" ? pulumi.log.warn : pulumi.log.info;
  await Promise.all(records.map((record) => say(diagnostic.text, record)));
}
