/** How a zone can be broken where a server answers at once, and what a preview has to say of its record. */
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

/** All that a server can do, one that never answers among it. */
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
 * Brings one zone into each condition, all over the list, and every other one into good health.
 *
 * @returns By name, what a preview has to say: nothing of those in good health.
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

/** What a preview's text should have shown, and did not, or the other way round, as lines. */
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
