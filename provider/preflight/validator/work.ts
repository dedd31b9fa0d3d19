/**
 * Maximum number of signatures that are verified for one domain, over all of its servers (CVE-2023-50387). 32 servers with
 * signatures of their own, of two algorithms each, take 128.
 */
const maxVerifications = 256;

/** The work on one domain that servers can choose. */
export class Work {
  #verifications = 0;

  /** Signatures that were verified. */
  get verifications(): number {
    return this.#verifications;
  }

  /** Whether no more may begin. */
  get isExhausted(): boolean {
    return this.#verifications >= maxVerifications;
  }

  verifying(): void {
    this.#verifications += 1;
  }
}
