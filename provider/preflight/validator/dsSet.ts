import { formatDs, type Ds } from "../../dnssec/ds";
import { digestTypeNumber } from "../../dnssec/registries";
import { isSupportedAlgorithm } from "./publishedKey";

/** A DS set, grouped by how validators treat the records. */
export interface DsSet {
  /** The records by which the domain is judged. */
  readonly counting: readonly Ds[];
  /** SHA-1 records that a better digest displaces. */
  readonly displaced: readonly Ds[];
  readonly unsupported: readonly Ds[];
}

const sha1 = digestTypeNumber("SHA-1");

const supportedDigestTypes: readonly number[] = [
  sha1,
  digestTypeNumber("SHA-256"),
  digestTypeNumber("SHA-384"),
];

/**
 * Groups a DS set by how validators treat the records. As in BIND, a SHA-256 or SHA-384 record of
 * any supported algorithm displaces SHA-1 records, those of other keys too. unbound reads all of
 * them.
 *
 * @see RFC 4035 section 5.2, RFC 4509 section 3
 */
export function sortDsSet(records: readonly Ds[]): DsSet {
  const distinct = [...new Map(records.map((ds) => [formatDs(ds), ds])).values()];
  const supported = distinct.filter(isSupported);
  const isDisplaced = (ds: Ds) => hasSha1Digest(ds) && !supported.every(hasSha1Digest);
  return {
    counting: supported.filter((ds) => !isDisplaced(ds)),
    displaced: supported.filter(isDisplaced),
    unsupported: distinct.filter((ds) => !isSupported(ds)),
  };
}

/** Returns whether a DS has a SHA-1 digest. */
export function hasSha1Digest({ digestType }: Ds): boolean {
  return digestType === sha1;
}

function isSupported({ algorithm, digestType }: Ds): boolean {
  return isSupportedAlgorithm(algorithm) && supportedDigestTypes.includes(digestType);
}
