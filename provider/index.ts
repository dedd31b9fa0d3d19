/**
 * The module that a Pulumi program imports. It loads nothing of the provider, which runs in its own
 * process.
 */
// Imported first, so that its error comes before anything else is loaded.
import "./nodeVersion";
export {
  AlicloudDnssecProvider,
  type AlicloudDnssecProviderArgs,
} from "./dynamic/program/alicloudDnssecProvider";
export { DsRecord, type DsRecordArgs } from "./dynamic/program/dsRecord";
export { checkDelegation, type DelegationCheck } from "./preflight/checkDelegation";
export type { Reason, Verdict, VerdictStatus } from "./preflight/verdict";
export { dsFromDnskey, keyTag, parseDnskey, type Dnskey } from "./dnssec/dnskey";
export { DnsDataError, type DnsDataErrorCode } from "./dnssec/dnsDataError";
export { formatDs, parseDs, type Ds } from "./dnssec/ds";
export { DsRecordError, type ErrorCode, type ErrorDetails } from "./errors";
