import type { Verdict } from "../../provider/preflight/verdict";
import type { Standing } from "./bed";
import type { Chapter } from "./topologies";
import type { Verdicts } from "./verdicts";

export const begin = "<!-- begin of the table -->\n";
export const end = "<!-- end of the table -->";

/** All verdicts on a topology. */
export interface Row {
  readonly standing: Standing;
  readonly verdicts: Verdicts;
  readonly verdict: Verdict;
}

/** Returns the page's tables and totals. */
export function report(chapters: readonly Chapter[], rows: readonly Row[]): string {
  const count = (predicate: (row: Row) => boolean) => rows.filter(predicate).length;
  const differ = ({ verdicts: { delv, unbound } }: Row) => delv !== unbound;
  const sums = [
    "| | |",
    "|---|---|",
    `| Topologies | ${rows.length} |`,
    `| delv and unbound agree | ${count((row) => !differ(row))} |`,
    `| delv and unbound disagree | ${count(differ)} |`,
    ...(["secure", "insecure", "bogus", "unknown"] as const).map(
      (status) => `| Ours is ${status} | ${count(({ verdict }) => verdict.status === status)} |`,
    ),
  ];
  const tables = chapters.map(({ title, topologies }) => {
    const own = topologies.flatMap(
      (topology) => rows.find((row) => row.standing.topology === topology) ?? [],
    );
    return [`## ${title}`, "", ...header, ...own.map(line)].join("\n");
  });
  return `${[sums.join("\n"), ...tables].join("\n\n")}\n\n${notes(rows).join("\n")}\n`;
}

const header = ["| Topology | delv | unbound | Ours | Reasons | Warnings |", "|---|---|---|---|---|---|"];

function line({ standing: { topology }, verdicts: { delv, unbound }, verdict }: Row): string {
  const says = (opinion: string) => (delv === unbound ? opinion : `**${opinion}**`);
  const note = topology.exception ? " ¹" : topology.asked === "together" ? " ²" : "";
  const cells = [
    topology.sentence + note,
    says(delv),
    says(unbound),
    verdict.status,
    codes(verdict.reasons),
    codes(verdict.warnings),
  ];
  return `| ${cells.join(" | ")} |`;
}

function codes(reasons: readonly { readonly code: string }[]): string {
  return [...new Set(reasons.map(({ code }) => code))].sort().join(", ");
}

function notes(rows: readonly Row[]): string[] {
  const why = new Set(rows.flatMap(({ standing: { topology } }) => topology.exception?.why ?? []));
  return [
    `¹ unbound does not count: ${[...why].join("; ")}.`,
    "² unbound asked all servers at once, and delv the good one. A resolver asks the next server if one",
    "sends no keys.",
  ];
}
