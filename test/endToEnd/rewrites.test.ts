import type { CliResult } from "../harness/pulumiCli";
import { domain, ds, inWorld, record, type World } from "./world";

jest.setTimeout(180_000);

// Pulumi rewrites the URNs of a state, but not the hidden input `__urn`, which is also in the
// state.

const first = { deleteBeforeReplace: true };
const replaced = ["Adding 1", "Deleting 1", "Adding 2"];

/** Returns the names of the rows with statuses of records, with the stack. */
function rowsIn({ events }: CliResult): string[] {
  const urns = events.flatMap((event) => {
    const { urn } = (event["diagnosticEvent"] ?? {}) as { urn?: string };
    return urn === undefined ? [] : [urn];
  });
  const names = urns.map((urn) => /^urn:pulumi:([^:]+)::.*DsRecord::(.*)$/s.exec(urn)?.slice(1).join(" "));
  return [...new Set(names.flatMap((name) => name ?? []))];
}

/** The resource that the program declares in a component, and its earlier name. */
const inComponent = (tag: number) => `
const pulumi = require("@pulumi/pulumi");
const { DsRecord } = require("pulumi-alicloud-dnssec");
class Zone extends pulumi.ComponentResource { constructor(name) { super("my:index:Zone", name); } }
const zone = new Zone("zone");
new DsRecord("moved", ${JSON.stringify({ domainName: domain, ...ds(tag) })}, {
  parent: zone, deleteBeforeReplace: true, aliases: [{ name: "ksk", parent: pulumi.rootStackResource }],
});
`;

type Rewriting = (world: World) => Promise<unknown>;

const urnOf = async ({ project }: World) => (await project.resources())[0]?.urn ?? "";

test.each<[string, Rewriting, (world: World, tag: number) => void, string]>([
  [
    "pulumi stack rename",
    ({ project }) => project.run(["stack", "rename", "prod"]),
    ({ declare }, tag) => declare({ ksk: record(ds(tag), first) }),
    "prod ksk",
  ],
  [
    "pulumi state rename",
    async (world) => world.project.run(["state", "rename", await urnOf(world), "moved", "--yes"]),
    ({ declare }, tag) => declare({ moved: record(ds(tag), first) }),
    "dev moved",
  ],
  [
    "an alias into a component",
    () => Promise.resolve(),
    ({ project }, tag) => project.setProgram(inComponent(tag)),
    "dev moved",
  ],
  [
    "an alias into a component in an earlier run",
    async ({ project }) => {
      project.setProgram(inComponent(1));
      await project.up();
    },
    ({ project }, tag) => project.setProgram(inComponent(tag)),
    "dev moved",
  ],
])("after %s, a replacement that deletes first succeeds on the existing row", (_, rewrite, declare, row) =>
  inWorld(async (world) => {
    world.declare({ ksk: record(ds(1), first) });
    await world.project.up();
    await rewrite(world);
    declare(world, 2);
    const result = await world.project.up([], { events: true });
    expect([world.submissions(), rowsIn(result)]).toEqual([replaced, [row]]);
    expect(await world.project.previewIsEmpty()).toBe(true);
  })(),
);

test(
  "after pulumi stack rename, --replace, a removal and destroy work on the new row",
  inWorld(async (world) => {
    const { project, declare, submissions } = world;
    declare({ ksk: record(ds(1), first), other: record(ds(2)) });
    await project.up();
    await project.run(["stack", "rename", "prod"]);
    const [, , resource] = (await project.stackExport()).deployment.resources ?? [];
    expect(resource?.urn).toContain("urn:pulumi:prod::");
    const urn = (await project.resources()).find(({ urn }) => urn.endsWith("::ksk"))?.urn ?? "";
    await project.up(["--replace", urn]);
    expect(submissions()).toHaveLength(2);

    declare({ other: record(ds(2)) });
    const removed = await project.up([], { events: true });
    expect([submissions().slice(2), rowsIn(removed)]).toEqual([["Deleting 1"], ["prod ksk"]]);

    await project.destroy();
    expect(world.emulator.records(domain)).toEqual([]);
  }),
);

test(
  "a stack's export continues in a stack of another name",
  inWorld(async (world) => {
    const { project, declare, submissions } = world;
    declare({ ksk: record(ds(1), first) });
    await project.up();
    const exported = JSON.stringify(await project.stackExport()).replaceAll(
      "urn:pulumi:dev::",
      "urn:pulumi:prod::",
    );
    // Changes only the URNs themselves. In any real move, the copies stay as they are.
    const restored = exported.replaceAll('"__urn":"urn:pulumi:prod::', '"__urn":"urn:pulumi:dev::');
    project.setProgram({ "moved.json": restored });
    await project.run(["stack", "init", "prod"]);
    await project.run(["stack", "import", "--file", "moved.json"]);
    declare({ ksk: record(ds(2), first) });
    const result = await project.up([], { events: true });
    expect([submissions(), rowsIn(result)]).toEqual([replaced, ["prod ksk"]]);
  }),
);
