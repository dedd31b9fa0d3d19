import * as entry from "../provider/index";
import type {
  AlicloudDnssecProviderArgs,
  DnsDataErrorCode,
  Dnskey,
  Ds,
  DsRecordArgs,
  ErrorCode,
  ErrorDetails,
} from "../provider/index";

/** Frozen since 0.1.0. Names may be added here, but never removed. */
test("what a program can import", () => {
  expect(Object.keys(entry).sort()).toEqual([
    "AlicloudDnssecProvider",
    "DnsDataError",
    "DsRecord",
    "DsRecordError",
    "checkDelegation",
    "dsFromDnskey",
    "formatDs",
    "keyTag",
    "parseDnskey",
    "parseDs",
  ]);
});

test("its types fit together", () => {
  const dnskey: Dnskey = entry.parseDnskey("257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=");
  const ds: Ds = entry.dsFromDnskey("example.com", dnskey, 2);
  const args: DsRecordArgs = { domainName: "example.com", ...ds, onConflict: "fail" };
  const codes: [ErrorCode, DnsDataErrorCode] = ["TASK_FAILED", "DS_SYNTAX"];
  const details: ErrorDetails = { taskNo: "1" };
  const account: AlicloudDnssecProviderArgs = { accessKeyId: "id", accessKeySecret: "secret", site: "china" };
  expect(account.site).toBe("china");
  // RFC 8080 section 6.1.
  expect(args.digest).toBe("3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b");
  expect(new entry.DsRecordError(codes[0], "message", details)).toMatchObject({ code: codes[0], details });
  expect(new entry.DnsDataError(codes[1], "message").code).toBe(codes[1]);
});
