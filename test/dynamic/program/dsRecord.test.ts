import dgram from "node:dgram";
import net from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { DsRecord } from "../../../provider/index";
import { secret } from "../../harness/properties";

type Bag = Record<string, unknown>;

const typeToken = "pulumi-nodejs:dynamic/alicloud-dnssec:DsRecord";
const digest = "c988ec423e3880eb8dd8a46fe06ca230ee23f35b578d64e78b29c3e1c83d245a";
const tuple = { domainName: "example.com", keyTag: 2371, algorithm: 13, digestType: 2, digest };
const ds = `2371 13 2 ${digest}`;

let registered: pulumi.runtime.MockResourceArgs[] = [];

beforeEach(async () => {
  registered = [];
  await pulumi.runtime.setMocks(
    {
      call: () => ({}),
      newResource: (args) => {
        registered.push(args);
        return {
          id: args.id || "example.com/2371",
          state: { ...args.inputs, ds, taskNo: "task-1", parentTtl: 300 },
        };
      },
    },
    "project",
    "stack",
  );
});

const valueOf = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

/** The inputs as the engine receives them, without the closure. */
async function inputsOf(record: DsRecord, name = "ksk"): Promise<Bag> {
  await valueOf(record.urn);
  const { __provider, ...inputs } = registered.find((args) => args.name === name)?.inputs as Bag;
  expect(__provider).toContain("pulumi-alicloud-dnssec/provider");
  return inputs;
}

class Component extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("test:index:Component", name, {}, opts);
  }
}

const urn = (types: string, name = "ksk") => `urn:pulumi:stack::project::${types}::${name}`;

test("hands over what the program gives, and where to report", async () => {
  const record = new DsRecord("ksk", tuple);
  expect(await inputsOf(record)).toEqual({ ...tuple, __urn: urn(typeToken) });
  expect(await valueOf(record.urn)).toBe(urn(typeToken));
  expect(registered[0]).toMatchObject({ type: typeToken, custom: true });
});

test("every output is one", async () => {
  const record = new DsRecord("ksk", tuple);
  const { domainName, keyTag, algorithm, digestType, taskNo, parentTtl } = record;
  const some = { domainName, keyTag, algorithm, digestType, digest: record.digest, ds: record.ds };
  const outputs = await valueOf(pulumi.output({ ...some, taskNo, parentTtl }));
  expect(outputs).toEqual({ ...tuple, ds, taskNo: "task-1", parentTtl: 300 });
});

test.each<[string, pulumi.CustomResourceOptions, Bag]>([
  [
    "time-outs",
    { customTimeouts: { create: "1h", delete: "2m" } },
    { __timeouts: { create: "1h", delete: "2m" } },
  ],
  [
    "ignored changes",
    { ignoreChanges: ["digest", '["algorithm"]', "ds"] },
    { __ignoreChanges: { names: ["digest", "algorithm", "ds"], given: ["digest", "algorithm"] } },
  ],
  ["no ignored changes", { ignoreChanges: [] }, {}],
  ["no time-outs", { customTimeouts: {} }, {}],
  ["an undefined time-out", { customTimeouts: { update: undefined } as object }, {}],
  ["an alias, which is no name of its own", { aliases: [{ name: "old" }] }, {}],
])("hidden inputs: %s", async (_, opts, hidden) => {
  const record = new DsRecord("ksk", tuple, opts);
  expect(await inputsOf(record)).toEqual({ ...tuple, __urn: urn(typeToken), ...hidden });
});

test.each<[string, object, Bag]>([
  ["ds", { ds }, { ds }],
  [
    "dnskey and all options",
    {
      dnskey: "257 3 13 AA==",
      onConflict: "replace",
      preflight: "warn",
      nameServers: ["192.0.2.1", pulumi.output("192.0.2.2")],
      parentNameServers: pulumi.output(["192.0.2.3"]),
      waitForPublication: true,
    },
    {
      dnskey: "257 3 13 AA==",
      onConflict: "replace",
      preflight: "warn",
      nameServers: ["192.0.2.1", "192.0.2.2"],
      parentNameServers: ["192.0.2.3"],
      waitForPublication: true,
    },
  ],
  [
    "outputs and promises",
    { keyTag: pulumi.output(2371), digest: Promise.resolve(digest) },
    { keyTag: 2371, digest },
  ],
  ["outputs of nothing", { ds: pulumi.output<string | undefined>(undefined) }, {}],
  ["misspelt names, for check to refuse", { keytag: 1 }, { keytag: 1 }],
])("inputs: %s", async (_, args, inputs) => {
  const record = new DsRecord("ksk", { domainName: "example.com", ...args });
  expect(await inputsOf(record)).toEqual({ domainName: "example.com", ...inputs, __urn: urn(typeToken) });
});

test("a secret input stays one and makes a secret output", async () => {
  const record = new DsRecord("ksk", { ...tuple, digest: pulumi.secret(digest) });
  expect((await inputsOf(record))["digest"]).toEqual(secret(digest));
  expect(await pulumi.isSecret(record.digest)).toBe(true);
  expect(await pulumi.isSecret(record.keyTag)).toBe(false);
});

test("the option import is refused before the engine sees it, with the way to adopt", () => {
  const opts = { import: "example.com/2371" };
  expect(() => new DsRecord("ksk", tuple, opts)).toThrow(pulumi.RunError);
  expect(() => new DsRecord("ksk", tuple, opts)).toThrow(
    'DsRecord "ksk": the option import ("example.com/2371") does not work with dynamic providers. Remove the option. ' +
      "A DsRecord that declares what the registrar has already adopts that record, without a task.",
  );
  expect(registered).toEqual([]);
});

test("neither the arguments nor the options are changed", async () => {
  const args = Object.freeze({ ...tuple });
  const opts = Object.freeze({ protect: true });
  await valueOf(new DsRecord("a", args, opts).urn);
  await valueOf(new DsRecord("b", args, opts).urn);
  expect(registered.map(({ name }) => name)).toEqual(["a", "b"]);
});

describe("in a component", () => {
  test("the URN names its type", async () => {
    const record = new DsRecord("ksk", tuple, { parent: new Component("outer") });
    expect((await inputsOf(record))["__urn"]).toBe(urn(`test:index:Component$${typeToken}`));
    expect(await valueOf(record.urn)).toBe(urn(`test:index:Component$${typeToken}`));
  });

  test("records do not wait for each other", async () => {
    const parent = new Component("outer");
    const first = new DsRecord("first", tuple, { parent });
    const second = new DsRecord("second", { ...tuple, keyTag: 2 }, { parent });
    const third = new DsRecord("third", { domainName: "example.com", ds: second.ds }, { parent });
    for (const record of [third, second, first]) await valueOf(record.urn);
    expect(registered).toHaveLength(4);
  });
});

describe("get", () => {
  test("asks for an id, and says that it is a get", async () => {
    const opts = { customTimeouts: { create: "1h" }, ignoreChanges: ["digest"] };
    const record = DsRecord.get("ksk", "example.com/2371", opts);
    expect(await inputsOf(record)).toEqual({
      __get: true,
      __urn: urn(typeToken),
      __timeouts: { create: "1h" },
    });
    expect(registered[0]?.id).toBe("example.com/2371");
  });

  test("every output is one", async () => {
    const record = DsRecord.get("ksk", pulumi.output("example.com/2371"));
    expect(await valueOf(record.ds)).toBe(ds);
    const { domainName, keyTag, algorithm, digestType, taskNo } = record;
    for (const output of [domainName, keyTag, algorithm, digestType, record.digest, taskNo]) {
      expect(pulumi.Output.isInstance(output)).toBe(true);
    }
  });

  test("arguments given with an id are a get too", async () => {
    const record = new DsRecord("ksk", tuple, { id: "example.com/2371" });
    expect(await inputsOf(record)).toEqual({ ...tuple, __get: true, __urn: urn(typeToken) });
  });
});

test("a preview under mocks queries no server", async () => {
  await pulumi.runtime.setMocks(
    { call: () => ({}), newResource: ({ inputs }) => ({ id: "example.com/2371", state: inputs }) },
    "project",
    "stack",
    true,
  );
  const sockets = [jest.spyOn(dgram, "createSocket"), jest.spyOn(net, "connect")];
  const warned = jest.spyOn(console, "warn");
  const { urn, digest: known } = new DsRecord("ksk", tuple);
  await valueOf(pulumi.all([urn, known]));
  // Everything that depends on these outputs has begun by then.
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  for (const spy of [...sockets, warned]) expect(spy).not.toHaveBeenCalled();
  jest.restoreAllMocks();
});
