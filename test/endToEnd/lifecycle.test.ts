import { changedProperties, createWorld, domain, ds, inWorld, record, type World } from "./world";

jest.setTimeout(180_000);

// RFC 8080 section 6.1
const dnskey = "257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=";
const dsOfDnskey = "3613 15 2 3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b";

async function expectEmptyPreview({ project }: World): Promise<void> {
  expect(await project.previewIsEmpty()).toBe(true);
}

// The digests that BIND's dnssec-dsfromkey computes for the key in these domains.
const keyDigests: Record<string, string> = {
  "form-4.example": "83bf120ba36bc4bd1bd8e51afc2573c9c5d7a7dd8510a4ef2cf87a1c7447f8bd",
  "form-5.example": "1f1606d05fd4c5d144c9ee99545d0a578d367aea29e061efb7218d873e11a55b",
};
const tuple = {
  keyTag: 3613,
  algorithm: "ED25519",
  digestType: 2,
  digest: dsOfDnskey.slice(10).toUpperCase(),
};
const forms: Record<string, Record<string, unknown>> = {
  "by its tuple": tuple,
  "by the text of a DS record": { ds: dsOfDnskey },
  "by a line of a zone file": { ds: `form-3.example. 3600 IN DS ( ${dsOfDnskey.toUpperCase()} ) ; KSK` },
  "by its key": { dnskey },
  "by its key, in its own zone file": { dnskey: `form-5.example. IN DNSKEY ${dnskey}` },
};

describe("a record is declared", () => {
  const names = Object.keys(forms);
  const domainOf = (form: string) => `form-${names.indexOf(form) + 1}.example`;
  // A digest covers the name, so a key has a different one in every domain.
  const expected = (form: string) => ({
    keyTag: 3613,
    algorithm: 15,
    digestType: 2,
    digest: "dnskey" in (forms[form] ?? {}) ? keyDigests[domainOf(form)] : dsOfDnskey.slice(10),
  });
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ emulator: { domains: names.map(domainOf) } });
    world.declare(
      Object.fromEntries(
        names.map((form) => [form, { args: { domainName: domainOf(form), ...forms[form] } }]),
      ),
    );
  });
  afterAll(() => world.close());

  test("in each form, and a preview shows the resulting record without a call", async () => {
    const { json } = await world.project.previewJson();
    for (const form of names) {
      const step = json.steps?.find(({ urn }) => urn.endsWith(`::${form}`));
      expect([form, step]).toEqual([
        form,
        expect.objectContaining({
          newState: expect.objectContaining({ inputs: expect.objectContaining(expected(form)) }),
        }),
      ]);
    }
    expect(world.emulator.calls()).toEqual([]);
  });

  test("and up adds each with one task", async () => {
    await world.project.up();
    expect(world.submissions()).toEqual(names.map(() => "Adding 3613"));
    const resources = await world.project.resources();
    for (const form of names) {
      const [task] = world.emulator.tasks(domainOf(form));
      expect(world.emulator.records(domainOf(form))).toEqual([expected(form)]);
      expect(resources.find(({ urn }) => urn.endsWith(`::${form}`))).toMatchObject({
        type: "pulumi-nodejs:dynamic/alicloud-dnssec:DsRecord",
        id: `${domainOf(form)}/3613`,
        outputs: { ...expected(form), ds: Object.values(expected(form)).join(" "), taskNo: task?.taskNo },
      });
    }
  });

  test("and the second preview is empty", () => expectEmptyPreview(world));

  test("and destroy deletes them all", async () => {
    await world.project.destroy();
    for (const form of names) expect(world.emulator.records(domainOf(form))).toEqual([]);
  });
});

test(
  "a preview shows a changed digest, and up changes it with one task",
  inWorld(async (world) => {
    world.declare({ ksk: record(ds(1)) });
    await world.project.up();
    world.declare({ ksk: record(ds(1, "f")) });
    const { stdout } = await world.project.preview(["--diff"]);
    expect(changedProperties(stdout)).toEqual(["~ digest"]);
    expect(stdout).toContain("1 to update");
    await world.project.up();
    expect(world.submissions()).toEqual(["Adding 1", "Modifying 1"]);
    expect(world.emulator.records(domain)).toEqual([ds(1, "f")]);
    await expectEmptyPreview(world);
  }),
);

test(
  "a changed key tag is a replacement that adds before it deletes",
  inWorld(async (world) => {
    world.declare({ ksk: record(ds(1)) });
    await world.project.up();
    world.declare({ ksk: record(ds(2)) });
    const { stdout } = await world.project.preview(["--diff"]);
    expect(stdout).toContain("1 to replace");
    world.emulator.clearJournal();
    const deleting = world.emulator.holdAnswer("SaveSingleTaskForDeletingDSRecord", { when: "before" });
    const running = world.project.up();
    await deleting.arrived;
    expect(world.tags()).toEqual([1, 2]);
    deleting.release();
    await running;
    expect(world.submissions()).toEqual(["Adding 2", "Deleting 1"]);
    expect(world.tags()).toEqual([2]);
    await expectEmptyPreview(world);
  }),
);

test(
  "a refresh finds a changed digest and nothing else, and up restores it",
  inWorld(async (world) => {
    world.declare({ ksk: record(ds(1)), standby: { args: { domainName: domain, dnskey } } });
    await world.project.up();
    const before = await world.project.resources();
    await world.project.refresh(["--expect-no-changes"]);
    expect((await world.project.resources()).map(({ inputs, outputs }) => ({ inputs, outputs }))).toEqual(
      before.map(({ inputs, outputs }) => ({ inputs, outputs })),
    );

    const others = world.emulator.records(domain).filter(({ keyTag }) => keyTag !== 1);
    world.emulator.setRecords(domain, [ds(1, "f"), ...others]);
    await world.project.refresh();
    const { stdout } = await world.project.preview(["--diff"]);
    expect(changedProperties(stdout)).toEqual(["~ digest"]);
    expect(stdout).toContain(ds(1, "f").digest);
    expect(stdout).toContain(ds(1).digest);

    world.emulator.clearJournal();
    await world.project.up();
    expect(world.submissions()).toEqual(["Modifying 1"]);
    expect(world.emulator.records(domain)).toContainEqual(ds(1));
    await expectEmptyPreview(world);
  }),
);

test(
  "a refresh finds that a record is gone, and up adds it again",
  inWorld(async (world) => {
    world.declare({ ksk: record(ds(1)) });
    await world.project.up();
    world.emulator.setRecords(domain, []);
    await world.project.refresh();
    expect(await world.project.resources()).toEqual([]);
    await world.project.up();
    expect(world.submissions()).toEqual(["Adding 1", "Adding 1"]);
    await expectEmptyPreview(world);
  }),
);

test(
  "an existing record is adopted without a task, and other data is refused with both values",
  inWorld(
    async (world) => {
      world.declare({ ksk: record(ds(1)) });
      await world.project.up();
      expect(world.submissions()).toEqual([]);
      const [resource] = await world.project.resources();
      expect(resource?.outputs).not.toHaveProperty("taskNo");
      await expectEmptyPreview(world);

      world.declare({ ksk: record(ds(1)), other: record(ds(2, "e")) });
      const { code, stdout, stderr } = await world.project.up([], { mayFail: true });
      expect(code).not.toBe(0);
      for (const part of ["DS_CONFLICT", ds(2).digest, ds(2, "e").digest, "onConflict"]) {
        expect(stdout + stderr).toContain(part);
      }
      expect(world.submissions()).toEqual([]);

      world.declare({
        ksk: record(ds(1)),
        other: { args: { ...record(ds(2, "e")).args, onConflict: "replace" } },
      });
      await world.project.up();
      expect(world.submissions()).toEqual(["Modifying 2"]);
      await expectEmptyPreview(world);
    },
    { emulator: { domains: { [domain]: [ds(1), ds(2)] } } },
  ),
);

test(
  "a failed task is reported with the registrar's reason, its number and what to do",
  inWorld(async (world) => {
    world.emulator.faults.add({
      call: 1,
      fault: { kind: "taskFails", reason: "The registry refused DS records." },
    });
    world.declare({ ksk: record(ds(1)) });
    const { code, stdout, stderr } = await world.project.up([], { mayFail: true });
    expect(code).not.toBe(0);
    const [task] = world.emulator.tasks();
    for (const part of [
      "TASK_FAILED",
      "The registry refused DS records.",
      task?.taskNo ?? "?",
      "run `pulumi up` again",
    ]) {
      expect(stdout + stderr).toContain(part);
    }
    expect(await world.project.resources()).toEqual([]);
    await world.project.up();
    expect(world.tags()).toEqual([1]);
    await expectEmptyPreview(world);
  }),
);

test("two stacks work on two domains at once", async () => {
  const other = { ...record(ds(2)), args: { ...record(ds(2)).args, domainName: "example.net" } };
  await inWorld(
    async (first) => {
      await inWorld(
        async (second) => {
          first.declare({ ksk: record(ds(1)) });
          second.declare({ ksk: other });
          await Promise.all([first.project.up(), second.project.up()]);
          expect(first.tags()).toEqual([1]);
          expect(first.emulator.records("example.net")).toEqual([ds(2)]);
          await Promise.all([first.project.destroy(), second.project.destroy()]);
          expect(first.emulator.tasks().map(({ status }) => status)).toEqual(
            Array(4).fill("EXECUTE_SUCCESS"),
          );
          expect(first.tags()).toEqual([]);
        },
        { project: { env: first.emulator.env } },
      )();
    },
    { emulator: { domains: [domain, "example.net"] } },
  )();
});
