import { cycles, forbidden, packages } from "./arrows";
import { importsOf, type Import } from "./imports";
import { sideEffectsIn } from "./sideEffects";

describe("the check itself", () => {
  const made = new Set([
    "provider/index.ts",
    "provider/errors.ts",
    "provider/config.ts",
    "provider/provider.ts",
    "provider/records.ts",
    "provider/dynamic/process/hiddenInputs.ts",
    "provider/dynamic/program/dsRecord.ts",
    "provider/dnssec/ds.ts",
    "provider/dns/answers.ts",
    "provider/preflight/verdict.ts",
    "provider/registrar/registrar.ts",
    "provider/lifecycle/record/write.ts",
    "provider/registrar/client.ts",
    "provider/alicloud/transport.ts",
    "emulator/gateway/api.ts",
  ]);
  const reference = (from: string, specifier: string, more: Partial<Import> = {}): Import => ({
    from,
    specifier,
    isType: false,
    isStar: false,
    ...more,
  });

  test.each<[string, string, Partial<Import>, string | undefined]>([
    ["provider/index.ts", "./dynamic/program/dsRecord", {}, undefined],
    ["provider/index.ts", "./errors", {}, undefined],
    ["provider/index.ts", "./lifecycle/record/write", {}, "no arrow points there"],
    ["provider/index.ts", "./provider", { isType: true }, "no arrow points there"],
    ["provider/dynamic/program/dsRecord.ts", "../../index", {}, "no arrow points there"],
    [
      "provider/dynamic/program/dsRecord.ts",
      "../../lifecycle/record/write",
      { isType: true },
      "no arrow points there",
    ],
    ["provider/provider.ts", "./dynamic/process/hiddenInputs", {}, undefined],
    ["provider/provider.ts", "./registrar/client", {}, "no arrow points there"],
    ["provider/records.ts", "./registrar/client", {}, undefined],
    ["provider/records.ts", "./provider", {}, "no arrow points there"],
    ["provider/dynamic/process/hiddenInputs.ts", "../../records", {}, undefined],
    ["provider/dynamic/process/hiddenInputs.ts", "../program/dsRecord", {}, "no arrow points there"],
    ["provider/dynamic/program/dsRecord.ts", "../../records", { isType: true }, "no arrow points there"],
    ["provider/dynamic/program/dsRecord.ts", "../process/hiddenInputs", {}, "no arrow points there"],
    ["provider/registrar/client.ts", "../provider", {}, "no arrow points there"],
    ["provider/registrar/client.ts", "../alicloud/transport", {}, undefined],
    ["provider/alicloud/transport.ts", "../registrar/client", { isType: true }, "no arrow points there"],
    ["provider/alicloud/transport.ts", "../registrar/registrar", { isType: true }, "no arrow points there"],
    ["provider/alicloud/transport.ts", "../config", { isType: true }, "no arrow points there"],
    ["provider/config.ts", "./alicloud/transport", { isType: true }, "no arrow points there"],
    ["provider/lifecycle/record/write.ts", "../../registrar/registrar", { isType: true }, undefined],
    ["provider/lifecycle/record/write.ts", "../../registrar/registrar", {}, "no arrow points there"],
    ["provider/registrar/client.ts", "../lifecycle/record/write", { isType: true }, "no arrow points there"],
    [
      "provider/lifecycle/record/write.ts",
      "../../registrar/client",
      { isType: true },
      "no arrow points there",
    ],
    ["provider/lifecycle/record/write.ts", "../../dnssec/ds", {}, undefined],
    ["provider/lifecycle/record/write.ts", "../../dnssec", {}, "there is no such file"],
    ["provider/lifecycle/record/write.ts", "node:http", {}, "not one of its modules of Node"],
    ["provider/dnssec/ds.ts", "../lifecycle/record/write", {}, "no arrow points there"],
    ["provider/dnssec/ds.ts", "../errors", {}, "no arrow points there"],
    ["provider/dnssec/ds.ts", "node:crypto", {}, undefined],
    ["provider/dnssec/ds.ts", "node:fs", {}, "not one of its modules of Node"],
    ["provider/errors.ts", "./dnssec/ds", { isType: true }, "no arrow points there"],
    ["provider/dns/answers.ts", "../dnssec/ds", {}, undefined],
    ["provider/dns/answers.ts", "../preflight/verdict", { isType: true }, "no arrow points there"],
    ["provider/dns/answers.ts", "dns-packet", {}, "the package has no place in the table"],
    ["provider/preflight/validator/chain.ts", "../../dns/answers", { isType: true }, undefined],
    ["provider/preflight/validator/chain.ts", "../../dns/answers", {}, "no arrow points there"],
    ["provider/preflight/validator/chain.ts", "../verdict", { isType: true }, "no arrow points there"],
    ["provider/preflight/validator/chain.ts", "../../errors", {}, "no arrow points there"],
    ["provider/preflight/validator/chain.ts", "node:net", {}, "not one of its modules of Node"],
    ["emulator/gateway/api.ts", "../../provider/errors", { isType: true }, "no arrow points there"],
    ["provider/provider.ts", "../emulator/gateway/api", {}, "no arrow points there"],
    ["emulator/gateway/api.ts", "node:http", {}, undefined],
    ["provider/alicloud/transport.ts", "@alicloud/pop-core", {}, undefined],
    [
      "provider/registrar/client.ts",
      "@alicloud/pop-core",
      { isType: true },
      "only provider/alicloud/transport.ts may",
    ],
    ["provider/alicloud/transport.ts", "p-retry", {}, "only provider/alicloud/retry.ts may"],
    [
      "provider/lifecycle/record/write.ts",
      "@pulumi/pulumi",
      { isType: true },
      "only provider/dynamic/program and provider/dynamic/process/engineLog.ts may",
    ],
    ["provider/lifecycle/record/write.ts", "left-pad", {}, "the package has no place in the table"],
    ["provider/new.ts", "./errors", {}, "the importing file has no place in the table"],
    ["provider/index.ts", "./dnssec/ds", { isStar: true }, "everything that is exported has a name"],
  ])("%s imports %s %j", (from, specifier, more, fault) => {
    const faults = forbidden([reference(from, specifier, more)], made);
    expect(faults).toEqual(fault === undefined ? [] : [`${from} imports ${specifier}: ${fault}`]);
  });

  test.each<[string, [string, string, boolean?][], string[]]>([
    [
      "none",
      [
        ["a", "./b"],
        ["b", "./c"],
        ["a", "./c"],
      ],
      [],
    ],
    [
      "of two",
      [
        ["a", "./b"],
        ["b", "./a"],
      ],
      ["a.ts -> b.ts -> a.ts"],
    ],
    ["of one", [["a", "./a"]], ["a.ts -> a.ts"]],
    [
      "behind others",
      [
        ["a", "./b"],
        ["b", "./c"],
        ["c", "./d"],
        ["d", "./b"],
      ],
      ["b.ts -> c.ts -> d.ts -> b.ts"],
    ],
    [
      "of types alone",
      [
        ["a", "./b"],
        ["b", "./a", true],
      ],
      ["a.ts -> b.ts -> a.ts"],
    ],
  ])("cycles: %s", (_, edges, found) => {
    const graph = edges.map(([from, specifier, isType = false]) =>
      reference(`${from}.ts`, specifier, { isType }),
    );
    expect(cycles(graph)).toEqual(found);
  });

  test.each([
    ["start();", ["start();"]],
    ["const memory = new Memory(\n  1);", ["const memory = new Memory("]],
    ["let memory: Memory | undefined; const seen = new Set([1]);", []],
    ["const make = () => new Memory(); export function run() { start(); }", []],
    ["class A { b = new Memory(); }", []],
    ["class A { static b = new Memory(); }", ["class A { static b = new Memory(); }"]],
  ])("side effects of %s", (text, effects) => {
    expect(sideEffectsIn("a.ts", text)).toEqual(effects);
  });

  test.each<[string, string, Partial<Import> | undefined]>([
    ['import { a } from "./x";', "./x", {}],
    ['import a, { type B } from "./x";', "./x", {}],
    ['import { a, type B } from "./x";', "./x", {}],
    ['import "./x";', "./x", {}],
    ['import {} from "./x";', "./x", {}],
    ['import * as a from "./x";', "./x", {}],
    ['import type { A } from "./x";', "./x", { isType: true }],
    ['import type * as a from "./x";', "./x", { isType: true }],
    ['import { type A, type B } from "./x";', "./x", { isType: true }],
    ['export { a } from "./x";', "./x", {}],
    ['export type { A } from "./x";', "./x", { isType: true }],
    ['export { type A } from "./x";', "./x", { isType: true }],
    ['export * from "./x";', "./x", { isStar: true }],
    ['export * as a from "./x";', "./x", { isStar: true }],
    ['import a = require("./x");', "./x", {}],
    ['const a = () => import("./x");', "./x", {}],
    ['if (a) { require("./x").b(); }', "./x", {}],
    ['type A = import("./x").A;', "./x", { isType: true }],
    ['const a = load("p-retry");', "p-retry", {}],
    ['createRequire(a)("@pulumi/pulumi/proto/engine_pb");', "@pulumi/pulumi/proto/engine_pb", {}],
    ['const a = "p-retrying"; // import "./x";', "", undefined],
    ['export { a }; const b = "./x";', "", undefined],
  ])("in %s", (text, specifier, more) => {
    expect(importsOf("a.ts", text, packages)).toEqual(more ? [reference("a.ts", specifier, more)] : []);
  });
});
