import type { Ds } from "../../dnssec/ds";
import type { Context } from "../context";
import { resolveDnsOptions } from "../../preflight/settings";
import type { RecordIdentity } from "../change/request/identity";
import type { Reporter } from "../ports";
import { describeDomain } from "../../preflight/policy";
import type { PropertyBag } from "./state";
import { statusTexts } from "../change/wording/statusTexts";

/** Reports the verdict on a domain with these records at its registrar. */
export type Tell = (records: readonly Ds[]) => Promise<void>;

/**
 * Begins to ask the DNS about a domain while the registrar is read. The verdict is reported unless
 * it is secure, and never fails the operation.
 *
 * @param bag Outputs of the record.
 */
export function askAside(
  identity: RecordIdentity,
  bag: PropertyBag,
  reporter: Reporter,
  context: Context,
): Tell {
  const dns = resolveDnsOptions(bag, context.dnsOverrides);
  if (dns.mode === "off") return () => Promise.resolve();
  const { judges } = context.ledger;
  const judging = judges.judge(identity.domain, dns.servers, context);
  if (judging === undefined) {
    if (judges.mentionOnce()) reporter.info(unasked(identity));
    return () => Promise.resolve();
  }
  reporter.status(statusTexts.asking());
  const asked = judging.catch(() => undefined);
  return async (records) => {
    const judge = await asked;
    const message = judge && describeDomain(identity.domain, judge(records));
    if (message) reporter[message.severity](message.text);
  };
}

function unasked({ domain }: RecordIdentity): string {
  return `${domain} and further domains of this run are not judged: the DNS has answered too slowly so far.`;
}
