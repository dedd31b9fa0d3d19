import { manualClock, type Emulator } from "../../emulator/index";
import type { EngineEvent } from "../harness/pulumiCli";
import { domain, ds, inWorld, program, record } from "./world";

jest.setTimeout(180_000);

interface DiagnosticEvent {
  urn?: string;
  message: string;
  severity: string;
  ephemeral?: boolean;
}

function messagesOf(events: EngineEvent[], name: string): string[] {
  return events
    .map((event) => event["diagnosticEvent"] as DiagnosticEvent | undefined)
    .filter((event) => event?.urn?.endsWith(`::${name}`))
    .map((event) => event?.message ?? "");
}

test("a record's own row tells its task's number and status, and a second record its turn", async () => {
  const clock = manualClock(Date.now());
  const taskDurationMs = 2_000;
  /** Waits until the provider has seen the task's status, then moves the clock. */
  const advanceOnceSeen = async (emulator: Emulator, task: number, ms: number) => {
    await emulator.waitForCall(({ action }) => action.startsWith("SaveSingleTask"), { count: task });
    const isQuery = ({ action }: { action: string }) => action.startsWith("QueryTaskDetail");
    const seen = emulator.calls(isQuery).length;
    // The first of two may already have been sent.
    await emulator.waitForCall(isQuery, { count: seen + 2 });
    clock.advance(ms);
  };
  const test = inWorld(
    async ({ declare, project, emulator, submissions }) => {
      declare({ first: record(ds(1)), second: record(ds(2)) });
      const running = project.up([], { events: true });
      for (const task of [1, 2]) {
        await advanceOnceSeen(emulator, task, taskDurationMs / 2);
        await advanceOnceSeen(emulator, task, taskDurationMs / 2);
      }
      const { events } = await running;
      const [task] = emulator.tasks();
      const both = [messagesOf(events, "first"), messagesOf(events, "second")];
      const [early, late] = submissions()[0] === "Adding 1" ? both : both.toReversed();
      for (const status of ["WAITING_EXECUTE", "EXECUTING"]) {
        const row = `^task ${task?.taskNo.slice(0, 4) ?? "?"}… ${status} `;
        expect(early).toContainEqual(expect.stringMatching(row));
      }
      expect(late).toContainEqual(expect.stringMatching(/^turn 2 of 2/));
    },
    { emulator: { clock, taskDurationMs } },
  );
  await test();
});

test(
  "a discouraged record is a warning in the preview's JSON, and no failure",
  inWorld(async (world) => {
    const sha1 = { keyTag: 1, algorithm: 13, digestType: 1, digest: "ab".repeat(20) };
    world.declare({ ksk: record(sha1) });
    const { json } = await world.project.previewJson();
    const warnings = (json.diagnostics ?? []).filter(({ severity }) => severity === "warning");
    expect(warnings).toEqual([
      expect.objectContaining({
        urn: expect.stringMatching(/::ksk$/),
        message: expect.stringMatching(/example\.com\/1.*SHA-1.*RFC 9905/s),
      }),
    ]);
    await world.project.up();
    expect(world.emulator.records(domain)).toEqual([sha1]);
  }),
);

test(
  "a preview refuses bad input with the name of each property, without a call",
  inWorld(async (world) => {
    world.declare({
      ksk: { args: { domainName: domain, keyTag: 70000, algorithm: 13, digestType: 2, digest: "ab" } },
    });
    const { code, stdout, stderr } = await world.project.preview([], { mayFail: true });
    expect(code).not.toBe(0);
    for (const part of [
      "property keyTag",
      "70000",
      "0 to 65535",
      "RFC 4034",
      "property digest",
      "32 octets",
    ]) {
      expect(stdout + stderr).toContain(part);
    }
    expect(world.emulator.calls()).toEqual([]);
  }),
);

test(
  "a changed time-out is an update without a task, and destroy uses it",
  inWorld(async (world) => {
    world.declare({ ksk: record(ds(1)) });
    await world.project.up();
    world.declare({ ksk: record(ds(1), { customTimeouts: { delete: "1s" } }) });
    const { stdout } = await world.project.preview();
    expect(stdout).toContain("1 to update");
    await world.project.up();
    expect(world.submissions()).toEqual(["Adding 1"]);
    expect(await world.project.previewIsEmpty()).toBe(true);

    world.emulator.holdTasks();
    const { code, stderr, stdout: out } = await world.project.destroy([], { mayFail: true });
    expect(code).not.toBe(0);
    expect(out + stderr).toContain("TASK_UNFINISHED");
    world.emulator.releaseTasks();
    await world.project.destroy();
    expect(world.submissions()).toEqual(["Adding 1", "Deleting 1"]);
  }),
);

test(
  "a preview with unknown values announces nothing false",
  inWorld(async (world) => {
    // The text of one record comes from a resource that does not exist yet.
    const made = `
const pulumi = require("@pulumi/pulumi");
class Key extends pulumi.dynamic.Resource {
  constructor(name, props) {
    super({ async create(inputs) { return { id: "key", outs: { ds: inputs.text } }; },
            async update(id, olds, news) { return { outs: { ds: news.text } }; } }, name, { ds: undefined, ...props });
  }
}
const key = new Key("key", { text: process.env.DS_TEXT });
const { DsRecord } = require("pulumi-alicloud-dnssec");
exports.ds = new DsRecord("ksk", { domainName: "example.com", ds: key.ds }).ds;
`;
    world.project.setProgram(made);
    const text = ({ keyTag, algorithm, digestType, digest }: ReturnType<typeof ds>) =>
      [keyTag, algorithm, digestType, digest].join(" ");
    const first = { env: { DS_TEXT: text(ds(1)) } };
    expect((await world.project.preview([], first)).stdout).toContain("+ 3 to create");
    await world.project.up([], first);
    expect(world.tags()).toEqual([1]);

    const second = { env: { DS_TEXT: text(ds(1, "f")) } };
    const { stdout } = await world.project.preview([], second);
    expect(stdout).toContain("2 to update");
    expect(stdout).not.toContain("replace");
    await world.project.up([], second);
    expect(world.submissions()).toEqual(["Adding 1", "Modifying 1"]);
  }),
);

test(
  "the option import is refused with one line that says what to do",
  inWorld(
    async (world) => {
      world.declare({ ksk: record(ds(1), { import: "example.com/1" }) });
      for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
        const { code, stdout, stderr } = await world.project.run(command, { mayFail: true });
        expect(code).not.toBe(0);
        expect(stdout + stderr).toContain(
          "Remove the option. A DsRecord that declares what the registrar has",
        );
        expect(stdout + stderr).not.toMatch(/Cannot read properties|^\s+at /m);
      }
      world.declare({ ksk: record(ds(1)) });
      await world.project.up();
      expect(world.submissions()).toEqual([]);
    },
    { emulator: { domains: { [domain]: [ds(1)] } } },
  ),
);

describe("DsRecord.get", () => {
  const get = (id: string) =>
    `const { DsRecord } = require("pulumi-alicloud-dnssec");\nexports.ds = DsRecord.get("ksk", ${JSON.stringify(id)}).ds;`;
  const has = { emulator: { domains: { [domain]: [ds(1)] } } };

  test(
    "reads an existing record, which becomes managed and read again without a task",
    inWorld(async (world) => {
      world.project.setProgram(get("example.com/1"));
      await world.project.up();
      const { stdout } = await world.project.run(["stack", "output", "ds"]);
      expect(stdout.trim()).toBe(`1 13 2 ${ds(1).digest}`);
      expect(await world.project.previewIsEmpty()).toBe(true);

      world.project.setProgram(program({ ksk: record(ds(1)) }));
      await world.project.up();
      expect(await world.project.previewIsEmpty()).toBe(true);

      world.project.setProgram(get("example.com/1"));
      await world.project.up();
      await world.project.destroy();
      expect(world.submissions()).toEqual([]);
      expect(world.tags()).toEqual([1]);
    }, has),
  );

  test(
    "of a missing record is an error, in the preview too",
    inWorld(async (world) => {
      world.project.setProgram(get("example.com/2"));
      for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
        const { code, stdout, stderr } = await world.project.run(command, { mayFail: true });
        expect(code).not.toBe(0);
        for (const part of ["DS_NOT_FOUND", "key tag 2", ds(1).digest])
          expect(stdout + stderr).toContain(part);
      }
      expect(await world.project.resources()).toEqual([]);
    }, has),
  );

  test(
    "leaves the state on refresh when the record is gone",
    inWorld(async (world) => {
      world.project.setProgram(get("example.com/1"));
      await world.project.up();
      world.emulator.setRecords(domain, []);
      await world.project.refresh();
      expect(await world.project.resources()).toEqual([]);
    }, has),
  );
});
