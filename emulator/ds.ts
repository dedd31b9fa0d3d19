/** A DS record as the emulator keeps it: numbers, and the digest in hexadecimal, lower-case. */
export interface Ds {
  readonly keyTag: number;
  readonly algorithm: number;
  readonly digestType: number;
  readonly digest: string;
}
