/**
 * The data of a DS record (RFC 4034 section 5.1): `keyTag` 0 to 65535, `algorithm` and `digestType` 0 to 255, `digest`
 * in lower-case hexadecimal.
 */
export interface Ds {
  readonly keyTag: number;
  readonly algorithm: number;
  readonly digestType: number;
  readonly digest: string;
}
