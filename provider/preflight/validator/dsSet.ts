import { formatDs, type Ds } from "../../dnssec/ds";
import { isSupportedAlgorithm } from "./publishedKey";

/** A DS set as validators see it. */
export interface DsSet {
  /** Those by which the domain is judged. */
  readonly counting: readonly Ds[];
  /** SHA-1 beside SHA-256 or SHA-384. */
  readonly displaced: readonly Ds[];
  readonly unsupported: readonly Ds[];
}

export const sha1 = 1;

const supportedDigestTypes: readonly number[] = [sha1, 2, 4];

/**
 * Sorts a DS set by what validators do with it. That SHA-1 is displaced by SHA-256 and SHA-384 of any supported algorithm,
 * also for another key, is BIND's way; unbound looks at all of them.
 *
 * @see RFC 4035 section 5.2, RFC 4509 section 3
 */
export function sortDsSet(records: readonly Ds[]): DsSet {
  const distinct = [...new Map(records.map((ds) => [formatDs(ds), ds])).values()];
  const supported = distinct.filter(isSupported);
  const isDisplaced = ({ digestType }: Ds) =>
    digestType === sha1 && supported.some((other) => other.digestType !== sha1);
  return {
    counting: supported.filter((ds) => !isDisplaced(ds)),
    displaced: supported.filter(isDisplaced),
    unsupported: distinct.filter((ds) => !isSupported(ds)),
  };
}

function isSupported({ algorithm, digestType }: Ds): boolean {
  return isSupportedAlgorithm(algorithm) && supportedDigestTypes.includes(digestType);
}
