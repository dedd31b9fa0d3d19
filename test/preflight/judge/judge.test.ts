import { judgeDelegation } from "../../../provider/preflight/judge";
import { rows } from "./rows";

const now = Date.UTC(2026, 10, 25, 12);

test.each(rows.map((row) => [row.title, row] as const))(
  "%s",
  (_, { zone, status, reasons, warnings = [] }) => {
    const { keys, signatures, ds } = zone("example.test", now);
    const answers = [
      { server: "ns1.example.test (192.0.2.1)", outcome: "answered", keys, signatures } as const,
    ];
    const verdict = judgeDelegation({ domainName: "example.test", ds, observed: { answers }, now });
    expect({
      status: verdict.status,
      reasons: verdict.reasons.map(({ code }) => code),
      warnings: verdict.warnings.map(({ code }) => code),
    }).toEqual({ status, reasons, warnings });
  },
);
