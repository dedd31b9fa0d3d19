/** Conditions of a broken zone whose server answers at once, each with its verdict. */
export const answering = {
  expired: "bogus",
  notYetValid: "bogus",
  unpublished: "bogus",
  notSigning: "bogus",
  wrongKey: "bogus",
  revoked: "bogus",
  unsigned: "bogus",
  stripped: "bogus",
  nonexistent: "bogus",
  refused: "unknown",
};

/** All of these, and servers that fail or never answer. */
export const withSilent = {
  ...answering,
  servfail: "unknown",
  lame: "unknown",
  tcpBlocked: "unknown",
  silent: "unknown",
};

const meanings = { bogus: / is bogus \(/, unknown: / is not known to be safe: / };
const summary = /DNSSEC preflight of (\d+) DS records: (.*)/g;

/**
 * Brings one zone into each condition, spread over the list, and all others into good health.
 *
 * @returns The verdicts that a preview has to show, by name. Healthy zones have none.
 */
export function breakZones(zones, conditions) {
  const names = Object.keys(conditions);
  const stride = Math.floor(zones.length / Math.max(1, names.length));
  const broken = new Map(names.map((condition, index) => [zones[index * stride + (stride >> 1)], condition]));
  for (const zone of zones) {
    const condition = broken.get(zone) ?? "healthy";
    if (zone.condition !== condition) zone.publish(condition);
  }
  return zones.map((zone) => ({ zone, expected: conditions[zone.condition] }));
}

/** Returns the verdicts that a preview lacks, or shows without reason, as lines. */
export function mistakesIn(text, expectations) {
  const lines = text.split("\n");
  const mistakes = expectations.flatMap(({ zone, expected }) => {
    const { keyTag } = zone.dsRecord();
    const id = `${zone.name}/${keyTag}`;
    const said = lines.filter(
      (line) => line.includes(`With DS ${keyTag} `) && line.includes(`, ${zone.name} is `),
    );
    if (expected === undefined) return said.map((line) => `${id} is healthy. Shown: ${line.trim()}`);
    if (said.some((line) => meanings[expected].test(line))) return [];
    return [`${id} is ${zone.condition}: ${expected}. Shown: ${said.join(" ").trim() || "nothing"}`];
  });
  return [...mistakes, ...mistakesInSummary(text, expectations)];
}

function mistakesInSummary(text, expectations) {
  const counts = {};
  for (const { expected = "secure" } of expectations) counts[expected] = (counts[expected] ?? 0) + 1;
  const wanted = Object.entries(counts).map(([status, count]) => `${count} ${status}`);
  const [, records, parts = ""] = [...text.matchAll(summary)].at(-1) ?? [];
  const isRight =
    Number(records) === expectations.length && parts.split(", ").sort().join() === wanted.sort().join();
  return isRight
    ? []
    : [`The summary should be ${wanted.join(", ")}. Shown: ${records ?? "no"} records, ${parts}`];
}
