import { DsRecordError } from "../errors";
import { excessOf } from "./credentials/limits";
import { Redactor, type Scrub } from "./redact";
import type { Credentials, CredentialsSource } from "./settings";

/** Credentials for one call. Equal credentials are the same object. */
export interface AccessKey {
  readonly credentials: Credentials;
  /** Description for messages: "access key …WXYZ from Pulumi config alicloud-dnssec". */
  readonly name: string;
}

/** Minimum length of an id before its last characters are shown. */
const minShownId = 8;

/**
 * Takes credentials from their source, and remembers all of them, so that no message ever shows
 * one.
 */
export class AccessKeys {
  readonly #source: CredentialsSource;
  readonly #redactor = new Redactor();
  #latest: AccessKey | undefined;

  /** @param secrets More texts that must not be shown. */
  constructor(source: CredentialsSource, secrets: readonly string[] = []) {
    this.#source = source;
    this.#redactor.hide(secrets);
  }

  /** Removes every credential that was ever used from a text. */
  get scrub(): Scrub {
    return this.#redactor.scrub;
  }

  /**
   * Returns the key for a call made now. @throws {DsRecordError} CREDENTIALS_MISSING, _UNAVAILABLE
   * or _INCOMPLETE.
   */
  async current(): Promise<AccessKey> {
    return this.#keyOf(await this.#source.get());
  }

  /**
   * Returns another key to replace a rejected one, or undefined if there is none.
   *
   * @throws {DsRecordError} CREDENTIALS_UNAVAILABLE
   */
  async renew(rejected: AccessKey): Promise<AccessKey | undefined> {
    if (!this.#source.renew) return undefined;
    // Another call may have been rejected earlier and renewed the key.
    if (this.#latest !== rejected) return this.#latest;
    const key = this.#keyOf(await this.#source.renew());
    return key === rejected ? undefined : key;
  }

  /**
   * Checks credentials, since pop-core would send calls without a signature for an empty key.
   *
   * @throws {DsRecordError} CREDENTIALS_INCOMPLETE or, for a part that is too long,
   *   CREDENTIALS_UNAVAILABLE
   */
  #keyOf(credentials: Credentials): AccessKey {
    const { name } = this.#source;
    if (!credentials.accessKeyId || !credentials.accessKeySecret) {
      throw new DsRecordError(
        "CREDENTIALS_INCOMPLETE",
        `The credentials from ${name} are incomplete: the access key ${credentials.accessKeyId ? "secret" : "id"} is empty. Nothing was sent.`,
      );
    }
    const excess = excessOf(credentials);
    if (excess !== undefined) {
      throw new DsRecordError(
        "CREDENTIALS_UNAVAILABLE",
        `The credentials from ${name} cannot be used: ${excess}. Nothing was sent.`,
      );
    }
    if (!this.#latest || !areEqual(this.#latest.credentials, credentials)) {
      this.#redactor.add(credentials);
      this.#latest = { credentials, name: `${describeKey(credentials.accessKeyId)} from ${name}` };
    }
    return this.#latest;
  }
}

function areEqual(a: Credentials, b: Credentials): boolean {
  return (
    a.accessKeyId === b.accessKeyId &&
    a.accessKeySecret === b.accessKeySecret &&
    a.securityToken === b.securityToken
  );
}

/**
 * Shows the last four characters of an id, which distinguish the keys of an account but reveal
 * nothing more.
 */
function describeKey(accessKeyId: string): string {
  const last = /[!-~]{4}$/.exec(accessKeyId)?.[0];
  return last !== undefined && accessKeyId.length >= minShownId ? `access key …${last}` : "the access key";
}
