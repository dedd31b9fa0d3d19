/**
 * Returns the candidate that a misspelt name most likely means: the one with the fewest slips, in
 * any letter case, and the first of several with equally many.
 *
 * Prefixes would miss swapped letters such as "exmaple.com", the usual slip in a domain name.
 *
 * @param maxSlips Maximum number of slips for a candidate; a third of its length by default.
 * @returns Undefined if no candidate is near.
 * @example nearestOf("exmaple.com", ["example.com", "example.org"]); // "example.com"
 */
export function nearestOf(
  name: string,
  candidates: readonly string[],
  maxSlips: (candidate: string) => number = (candidate) => candidate.length / 3,
): string | undefined {
  const isNear = (candidate: string, slips: number) => slips <= maxSlips(candidate);
  // Counting slips takes time that grows with both lengths. The difference in length alone excludes
  // most candidates.
  const similar = candidates.filter((candidate) =>
    isNear(candidate, Math.abs(name.length - candidate.length)),
  );
  return similar
    .map((candidate) => ({ candidate, slips: countSlips(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, slips }) => isNear(candidate, slips))
    .sort((a, b) => a.slips - b.slips)
    .at(0)?.candidate;
}

/**
 * Counts the characters to insert, delete or replace to get from one text to the other
 * (Levenshtein).
 */
function countSlips(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, letter] of [...from].entries()) {
    const above = row;
    row = [line + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (above[column] ?? 0) + (letter === other ? 0 : 1);
      row.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (row[column] ?? 0) + 1));
    }
  }
  return row.at(-1) ?? 0;
}

/** Maximum number of slips in a domain name. Names of one program are often alike on purpose. */
const maxDomainSlips = (domain: string) => Math.min(2, domain.length / 4);

/**
 * Returns a sentence for a domain that is unknown to the registrar or to the parent zone.
 *
 * @param declared Domains that the program declares; the domain itself may be among them.
 */
export function spellingAdvice(domain: string, declared: Iterable<string>): string {
  const others = [...new Set(declared)].filter((name) => name !== domain);
  const nearest = nearestOf(domain, others, maxDomainSlips);
  if (nearest === undefined) return `Check the spelling of ${domain}.`;
  return `Is ${domain} mistyped? The nearest name in this program is ${nearest}.`;
}
