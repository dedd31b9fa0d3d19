/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An access key of an account, permanent or temporary. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Present for temporary credentials. */
  readonly securityToken?: string;
}

/**
 * A source of credentials. Every call asks it, since temporary credentials change in the middle of
 * a run.
 */
export interface CredentialsSource {
  /** Words that are fit to print and follow "from" in a message. */
  readonly name: string;
  /** @throws {DsRecordError} CREDENTIALS_MISSING, CREDENTIALS_UNAVAILABLE */
  get(): Promise<Credentials>;
  /**
   * Fetches new credentials, even if the remembered ones have not expired. Sources of constant
   * credentials do not have this method.
   */
  renew?(): Promise<Credentials>;
}

/** A proxy that the environment names. */
export interface Proxy {
  /** Includes user name and password, so it must not appear in a message. */
  readonly url: URL;
  /** Host and port, for messages. */
  readonly name: string;
}

/** The address of an API. */
export interface ApiAddress {
  /** An origin, such as `https://api.example`. */
  readonly endpoint: string;
  /** A date, such as `2018-01-29`. */
  readonly apiVersion: string;
  /** The proxy for the calls, if the environment names one. */
  readonly proxy?: Proxy;
}

/** The address of an API, and the credentials for the calls. */
export interface ApiSettings extends ApiAddress {
  readonly credentials: CredentialsSource;
}

/** Returns a source of credentials that never change. */
export function constantCredentials(name: string, credentials: Credentials): CredentialsSource {
  return { name, get: () => Promise.resolve(credentials) };
}
