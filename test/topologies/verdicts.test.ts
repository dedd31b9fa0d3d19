import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { systemDelegations } from "../../provider/preflight/delegations";
import { repositoryRoot } from "../harness/environment";
import { startBed, type Bed } from "./bed";
import { ours, wanted } from "./judgement";
import { begin, end, report, type Row } from "./page";
import { requireTools } from "../harness/requireTools";
import { chapters, topologies } from "./topologies";

const page = path.join(repositoryRoot, "docs/validators.md");
requireTools("named", "dnssec-signzone", "nsupdate", "dig", "delv", "unbound-host");

let bed: Bed | undefined;
let rows: readonly Row[] = [];

// BIND and unbound validate the same delegations.
beforeAll(async () => {
  bed = await startBed(topologies);
  rows = await askAll(bed);
}, 180_000);
afterAll(() => bed?.close());

describe.each(chapters)("$title", (chapter) => {
  test.each(chapter.topologies)("$name: $sentence", ({ name }) => {
    const row = rows.find(({ standing: { topology } }) => topology.name === name);
    if (!row) throw new Error("it was not asked");
    const { standing, verdicts, verdict } = row;
    const said = { ...verdicts, ours: verdict.status };
    expect(said).toEqual({ ...verdicts, ours: wanted(standing, standing.ds, verdicts) });
  });
});

test("docs/validators.md has this table, of at least 60 topologies", () => {
  const text = readFileSync(page, "utf8");
  const [before = "", rest = ""] = text.split(begin);
  const [, after = ""] = rest.split(end);
  const current = `${before}${begin}${report(chapters, rows)}${end}${after}`;
  if (process.env["WRITE_VALIDATORS"]) writeFileSync(page, current);
  expect(rows.length).toBeGreaterThanOrEqual(60);
  expect(readFileSync(page, "utf8")).toBe(current);
});

async function askAll({ standing, verdictsOf }: Bed): Promise<Row[]> {
  const delegations = systemDelegations();
  // Validators wait for silent servers. These waits run beside everything else.
  const slowFirst = standing.toSorted((a, b) => Number(isSlow(b)) - Number(isSlow(a)));
  return Promise.all(
    slowFirst.map(async (one) => ({
      standing: one,
      verdicts: await verdictsOf(one, one.ds),
      verdict: await ours(delegations, one, one.ds),
    })),
  );
}

function isSlow({ topology: { servers = [] } }: Bed["standing"][number]): boolean {
  return servers.some(({ does }) => does === "silent");
}
