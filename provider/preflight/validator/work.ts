/**
 * Maximum number of signatures that are verified for one domain, over all of its servers
 * (CVE-2023-50387). 32 servers with signatures of their own, of two algorithms each, take 128.
 */
const maxVerifications = 256;

/** The amount of work on one domain, which its servers can drive up. */
export class Work {
  #verifications = 0;

  /** Number of signatures that were verified. */
  get verifications(): number {
    return this.#verifications;
  }

  /** Whether the limit is reached. */
  get isExhausted(): boolean {
    return this.#verifications >= maxVerifications;
  }

  countVerification(): void {
    this.#verifications += 1;
  }
}
