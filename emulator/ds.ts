/** A DS record. The digest is hexadecimal; the emulator keeps it in lower case. */
export interface Ds {
  readonly keyTag: number;
  readonly algorithm: number;
  readonly digestType: number;
  readonly digest: string;
}
