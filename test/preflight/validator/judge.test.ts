import { judgeDelegation } from "../../../provider/preflight/judge";
import { rows } from "./rows";
import { answerOf } from "./zones";

const now = Date.UTC(2026, 10, 25, 12);

test.each(rows.map((row) => [row.title, row] as const))(
  "%s",
  (_, { zone, status, reasons, warnings = [] }) => {
    const published = zone("example.test", now);
    const answers = [answerOf("ns1.example.test (192.0.2.1)", "example.test", published)];
    const { ds } = published;
    const verdict = judgeDelegation({ domainName: "example.test", ds, observed: { answers }, now });
    expect({
      status: verdict.status,
      reasons: verdict.reasons.map(({ code }) => code),
      warnings: verdict.warnings.map(({ code }) => code),
    }).toEqual({ status, reasons, warnings });
  },
);
