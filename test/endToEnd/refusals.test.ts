import type { Refusal } from "../lifecycle/record/refusals/refusal";
import { refusals } from "../lifecycle/record/refusals/table";
import type { CliResult } from "../harness/pulumiCli";
import { createWorld, type World } from "./world";

jest.setTimeout(1_800_000);

/** One row of each kind. `npm run test:engine` runs all rows. */
const all = process.env["ENGINE_ALL"] !== undefined;
const rows = Object.values(refusals).flatMap((kind) => (all ? kind : kind.slice(0, 1)));

/** The record's text is an output of another resource: unknown in a preview, and then nothing. */
const nothingInTheEnd = `
const pulumi = require("@pulumi/pulumi");
class Key extends pulumi.dynamic.Resource {
  constructor(name) {
    super({ async create() { return { id: "key", outs: { none: null } }; } }, name, { ds: undefined, none: undefined });
  }
}
const key = new Key("key");
const { DsRecord } = require("pulumi-alicloud-dnssec");
new DsRecord("ksk", { domainName: "example.com", ds: key[process.env.OUTPUT] });
`;

interface Diagnostic {
  readonly urn?: string;
  readonly message: string;
  readonly severity: string;
}

/** Returns the engine's errors about the record, each in one line. */
function errorsOf({ events }: CliResult): string[] {
  return events
    .map((event) => event["diagnosticEvent"] as Diagnostic | undefined)
    .filter((event) => event?.severity === "error" && event.urn?.endsWith("::ksk"))
    .map((event) => event?.message.replace(/<\{%.*?%\}>/g, "").trim() ?? "");
}

const phases = [
  ["preview", ["preview"]],
  ["up --skip-preview", ["up", "--yes", "--skip-preview"]],
] as const;

/** Runs rows in one stack, and returns those whose failure did not arrive unchanged. */
async function wrongIn(world: World, part: readonly Refusal[]): Promise<unknown[]> {
  const wrong: unknown[] = [];
  for (const [name, args, property, reason] of part) {
    world.declare({ ksk: { args } });
    for (const [phase, command] of phases) {
      const result = await world.project.run([...command], { mayFail: true, events: true });
      const [error = "", ...others] = errorsOf(result);
      const isAsExpected =
        result.code !== 0 &&
        others.length === 0 &&
        error.includes(`property ${property} value`) &&
        error.endsWith(`has a problem: ${reason}`);
      if (!isAsExpected) wrong.push({ name, phase, code: result.code, errors: errorsOf(result) });
    }
  }
  return wrong;
}

test("every refusal names its property, in a preview and in up", async () => {
  const worlds = await Promise.all([createWorld(), createWorld()]);
  try {
    const lanes = worlds.map((world, lane) =>
      wrongIn(
        world,
        rows.filter((_, index) => index % worlds.length === lane),
      ),
    );
    expect((await Promise.all(lanes)).flat()).toEqual([]);
    for (const { emulator, project } of worlds) {
      expect(emulator.calls()).toEqual([]);
      expect(await project.resources()).toEqual([]);
    }
  } finally {
    for (const world of worlds) await world.close();
  }
});

test.each(["ds", "none"])("an output without a value (%s) is reported as missing", async (output) => {
  const world = await createWorld();
  try {
    world.project.setProgram(nothingInTheEnd);
    const env = { OUTPUT: output };
    expect((await world.project.preview([], { env })).stdout).toContain("+ 3 to create");
    const command = ["up", "--yes", "--skip-preview"];
    const result = await world.project.run(command, { env, mayFail: true, events: true });
    expect(errorsOf(result)).toEqual([
      expect.stringMatching(/property ds value .*: there is no DS data: give /),
    ]);
  } finally {
    await world.close();
  }
});
