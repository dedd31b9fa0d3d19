import { DnsDataError } from "../../provider/dnssec/dnsDataError";
import { DsRecordError } from "../../provider/errors";

/** The end of a call. */
export type Ending<T> = { readonly value: T } | { readonly error: DsRecordError | DnsDataError };

/**
 * Waits for the end of a call that needs no real time, so that it ends by the next turn of the event
 * loop.
 *
 * @throws {Error} when it hangs, or throws something other than an error of this package.
 */
export async function ending<T>(call: () => Promise<T>): Promise<Ending<T>> {
  return settledBy(call, () => new Promise((resolve) => setImmediate(resolve)), "the next turn");
}

const longestMs = 20_000;

/** Like {@link ending}, for a call over the network. */
export async function slowEnding<T>(call: () => Promise<T>): Promise<Ending<T>> {
  let timer: NodeJS.Timeout | undefined;
  const expired = () => new Promise<void>((resolve) => (timer = setTimeout(resolve, longestMs)));
  return settledBy(call, expired, `${longestMs} ms`).finally(() => clearTimeout(timer));
}

async function settledBy<T>(
  call: () => Promise<T>,
  end: () => Promise<unknown>,
  when: string,
): Promise<Ending<T>> {
  const settled = new Promise<T>((resolve) => resolve(call())).then(
    (value) => ({ value: plainResult(value) }),
    (error: unknown) => ({ error: typedError(error) }),
  );
  const first = await Promise.race([settled, end()]);
  if (first === undefined) throw new Error(`It has not ended by ${when}.`);
  return first as Ending<T>;
}

function typedError(error: unknown): DsRecordError | DnsDataError {
  const isOurs = error instanceof DsRecordError || error instanceof DnsDataError;
  if (!isOurs) throw new Error(`It threw a foreign error: ${describe(error)}`, { cause: error });
  const { code, message } = error;
  if (code === "UNEXPECTED") throw new Error(`It is a mistake in this package: ${message}`, { cause: error });
  if (message.trim() === "" || /\[object \w+\]/.test(message))
    throw new Error(`The message says nothing: ${message}`);
  const { id, properties } = error as { id?: unknown; properties?: unknown };
  if (id !== undefined && (typeof id !== "string" || id === ""))
    throw new Error("The error's id is not a text.");
  if (properties !== undefined) plainResult(properties);
  return error;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : typeof error;
}

/** Checks for plain JSON, since Pulumi's conversion fails on anything else after the operation. */
function plainResult<T>(value: T): T {
  if (value === undefined) return value;
  if (!isPlain(value)) throw new Error("The result is not plain JSON.");
  return value;
}

function isPlain(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isPlain);
  const prototype: unknown = typeof value === "object" ? Object.getPrototypeOf(value) : value;
  return prototype === Object.prototype && Object.values(value as object).every(isPlain);
}
