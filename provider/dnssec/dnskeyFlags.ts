/**
 * The bits in the flags of a DNSKEY record.
 *
 * @see RFC 4034 section 2.1.1, RFC 5011 section 2.1
 */
export const dnskeyFlags = { zone: 0x0100, revoke: 0x0080, secureEntryPoint: 0x0001 } as const;

/** The only protocol number of a DNSKEY record that validators accept (RFC 4034 section 2.1.2). */
export const dnskeyProtocol = 3;

interface Flags {
  readonly flags: number;
}

/**
 * Returns whether a key signs zone data, as every key that a DS record names must (RFC 4034 section
 * 5.2).
 */
export function hasZoneBit({ flags }: Flags): boolean {
  return (flags & dnskeyFlags.zone) !== 0;
}

/** Returns whether a key is revoked (RFC 5011 section 2.1). */
export function isRevoked({ flags }: Flags): boolean {
  return (flags & dnskeyFlags.revoke) !== 0;
}

/** Returns whether a key has the SEP bit, by which signers mark a KSK (RFC 4034 section 2.1.1). */
export function isSecureEntryPoint({ flags }: Flags): boolean {
  return (flags & dnskeyFlags.secureEntryPoint) !== 0;
}
