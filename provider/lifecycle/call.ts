/** Default time-out of an operation, in ms. */
export const defaultTimeoutMs = 15 * 60_000;

/** Details of an operation that are not properties of the resource. */
export interface Call {
  /** URN of the resource. One that comes from the state may be out of date. */
  readonly urn?: string | undefined;
  /**
   * Maximum duration in ms, counted from the domain's turn; {@link defaultTimeoutMs} unless given.
   */
  readonly timeoutMs?: number | undefined;
  /** Whether this reads a record that the state does not have, as `DsRecord.get` does. */
  readonly isFirstRead?: boolean | undefined;
}

/** Details of a call of `check`. */
export interface CheckCall extends Call {
  /** Whether the URN may be a copy from the state instead of the program's own. */
  readonly isUrnFromState?: boolean | undefined;
  /** Failures that the caller has found already. A record with any failure is not declared. */
  readonly failures?: readonly { readonly property: string; readonly reason: string }[] | undefined;
  /** The inputs that `ignoreChanges` keeps as the state has them. */
  readonly ignored?: IgnoredInputs | "all" | undefined;
}

/**
 * Names of ignored inputs. `given` are the ones that the program gives, since the state may lack an
 * ignored `ds`, which is then missing from the inputs too.
 */
export interface IgnoredInputs {
  readonly names: readonly string[];
  readonly given: readonly string[];
}
