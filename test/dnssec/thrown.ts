import { DnsDataError, type DnsDataErrorCode } from "../../provider/dnssec/dnsDataError";

/** Asserts that `run` throws a DnsDataError with this code, and this text in its message. */
export function expectDnsDataError(run: () => unknown, code: DnsDataErrorCode, message: string): void {
  const error = thrownBy(run);
  expect(error).toBeInstanceOf(DnsDataError);
  expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
}

/** Returns the error that `run` throws, or undefined. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
