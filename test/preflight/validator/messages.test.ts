import { judgeDelegation } from "../../../provider/preflight/judge";
import { verdictCodes } from "../../../provider/preflight/verdictCodes";
import { dsOf } from "./forge";
import { rows } from "./rows";
import { now, signer, table as keyTable, zone, type WordedRow } from "./verdictWording";
import { dataTable } from "./dataWording";

const table = [...keyTable, ...dataTable];

const tuples = (found: readonly { code: string; message: string; server?: string }[]) =>
  found.map(({ code, message, server }) =>
    server === undefined ? [code, message] : [code, message, server],
  );

test.each(table.map((row) => [row.title, row] as const))("%s", (_, row) => {
  const {
    ds: records = [dsOf(zone, signer.rdata)],
    answers,
    problem,
    withheldBy,
    status,
    reasons,
    warnings = [],
  } = row;
  const observed = { answers, ...(problem && { problem }), ...(withheldBy && { withheldBy }) };
  const verdict = judgeDelegation({ domainName: zone, ds: records, observed, now });
  expect(verdict.status).toBe(status);
  expect(tuples(verdict.reasons)).toEqual(reasons);
  expect(tuples(verdict.warnings)).toEqual(warnings);
});

test("every code has a row and a line", () => {
  const used = [...rows, ...table.map(codesIn)].flatMap(({ reasons, warnings = [] }) => [
    ...reasons,
    ...warnings,
  ]);
  const codes = Object.keys(verdictCodes);
  expect([...new Set(used)].filter((code) => code !== "NOT_DELEGATED").sort()).toEqual([...codes].sort());
  for (const line of Object.values(verdictCodes)) expect(line).toMatch(/^[^\n]{10,120}[^.]$/);
});

function codesIn({ reasons, warnings = [] }: WordedRow) {
  const codes = (found: WordedRow["reasons"]) => found.map(([code]) => code);
  return { reasons: codes(reasons), warnings: codes(warnings) };
}
