import type { Credentials, CredentialsSource } from "../config";
import { excessOf } from "./credentials/limits";
import { DsRecordError } from "../errors";
import { Redactor, type Scrub } from "./redact";

/** The credentials of one call. The same ones are the same object. */
export interface Key {
  readonly credentials: Credentials;
  /** Which they are, in words: "access key …WXYZ from Pulumi config alicloud-dnssec". */
  readonly name: string;
}

/** Shorter ids are not shown even in part. */
const shortestShown = 8;

/** A client's access to its source of credentials, and the memory of all that it was ever given. */
export class Keyring {
  readonly #source: CredentialsSource;
  readonly #redactor = new Redactor();
  #latest: Key | undefined;

  /** @param secrets Further texts that must not be shown. */
  constructor(source: CredentialsSource, secrets: readonly string[] = []) {
    this.#source = source;
    this.#redactor.hide(secrets);
  }

  /** Takes out of a text every credential that was ever used. */
  get scrub(): Scrub {
    return this.#redactor.scrub;
  }

  /** For a call that is to be made now. @throws {DsRecordError} CREDENTIALS_MISSING, _UNAVAILABLE or _INCOMPLETE. */
  async current(): Promise<Key> {
    return this.#keyOf(await this.#source.get());
  }

  /**
   * In place of a key that was refused.
   *
   * @returns undefined where there is no other one.
   * @throws {DsRecordError} CREDENTIALS_UNAVAILABLE
   */
  async renewed(refused: Key): Promise<Key | undefined> {
    if (!this.#source.renew) return undefined;
    // Another call may have been refused before, and have renewed it.
    if (this.#latest !== refused) return this.#latest;
    const key = this.#keyOf(await this.#source.renew());
    return key === refused ? undefined : key;
  }

  /**
   * An empty one would make pop-core send calls without a signature.
   *
   * @throws {DsRecordError} CREDENTIALS_INCOMPLETE or, for one that is too long, CREDENTIALS_UNAVAILABLE
   */
  #keyOf(credentials: Credentials): Key {
    const { name } = this.#source;
    if (!credentials.accessKeyId || !credentials.accessKeySecret) {
      throw new DsRecordError(
        "CREDENTIALS_INCOMPLETE",
        `The credentials from ${name} are incomplete: the access key ${credentials.accessKeyId ? "secret" : "id"} is empty. Nothing was asked.`,
      );
    }
    const excess = excessOf(credentials);
    if (excess !== undefined) {
      throw new DsRecordError(
        "CREDENTIALS_UNAVAILABLE",
        `The credentials from ${name} cannot be used: ${excess}. Nothing was asked.`,
      );
    }
    if (!this.#latest || !same(this.#latest.credentials, credentials)) {
      this.#redactor.add(credentials);
      this.#latest = { credentials, name: `${described(credentials.accessKeyId)} from ${name}` };
    }
    return this.#latest;
  }
}

function same(a: Credentials, b: Credentials): boolean {
  return (
    a.accessKeyId === b.accessKeyId &&
    a.accessKeySecret === b.accessKeySecret &&
    a.securityToken === b.securityToken
  );
}

/** The last four characters, which tell the keys of one account apart and are of no use to anybody else. */
function described(accessKeyId: string): string {
  const last = /[!-~]{4}$/.exec(accessKeyId)?.[0];
  return last !== undefined && accessKeyId.length >= shortestShown ? `access key …${last}` : "the access key";
}
