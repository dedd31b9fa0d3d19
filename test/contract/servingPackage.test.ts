import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execFileSync } from "node:child_process";
import { repositoryRoot } from "../harness/environment";

const script = `
  const exported = require("./dist/provider/dynamic/program/servingPackage");
  const [name, ...args] = JSON.parse(process.argv[1]);
  console.log(JSON.stringify({ result: exported[name](...args) }));
`;

/**
 * Calls a function of the built file in its own process, because Jest searches for packages its own
 * way.
 */
function call(name: "bunRefusal" | "missingRefusal" | "versionWarning", ...args: unknown[]): unknown {
  const stdout = execFileSync(process.execPath, ["-e", script, JSON.stringify([name, ...args])], {
    cwd: repositoryRoot,
  });
  return (JSON.parse(stdout.toString()) as { result?: unknown }).result;
}

const root = mkdtempSync(path.join(realpathSync(tmpdir()), "serving-package-"));
afterAll(() => rmSync(root, { recursive: true }));

/** Writes packages into `node_modules` of a folder: this one under a version, and the SDK. */
function install(folder: string, packages: { own?: string; sdk?: true }): void {
  const write = (name: string, text: string) => {
    const file = path.join(folder, "node_modules", name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  if (packages.sdk) write("@pulumi/pulumi/cmd/dynamic-provider/index.js", "");
  if (packages.own === undefined) return;
  const exported = { "./provider": "./provider.js", "./package.json": "./package.json" };
  const manifest = { name: "pulumi-alicloud-dnssec", version: packages.own, exports: exported };
  write("pulumi-alicloud-dnssec/package.json", JSON.stringify(manifest));
  write("pulumi-alicloud-dnssec/provider.js", "");
}

/** A workspace whose root and whose program have these packages. */
function workspace(name: string, ofRoot: Parameters<typeof install>[1], ofProgram: typeof ofRoot): string {
  const folder = path.join(root, name);
  const program = path.join(folder, "packages/program");
  mkdirSync(program, { recursive: true });
  writeFileSync(path.join(program, "package.json"), "{}");
  install(folder, ofRoot);
  install(program, ofProgram);
  return program;
}

test.each<[string, Parameters<typeof install>[1], Parameters<typeof install>[1], boolean]>([
  ["in the program's folder", {}, { own: "1.0.0", sdk: true }, true],
  ["in the workspace's", { own: "1.0.0", sdk: true }, {}, true],
  ["where the SDK is", { own: "1.0.0", sdk: true }, {}, true],
  ["nowhere", {}, { sdk: true }, false],
])("a package that is %s", (name, ofRoot, ofProgram, isFound) => {
  const program = workspace(name, ofRoot, ofProgram);
  expect(call("missingRefusal", program)).toEqual(
    isFound
      ? undefined
      : `Pulumi's provider process would not find pulumi-alicloud-dnssec from ${program}. Add "pulumi-alicloud-dnssec" to ` +
          `the dependencies in ${program}/package.json and install it, even if a component package depends on it already or ` +
          "the program is bundled.",
  );
});

test("the package.json to change is the nearest one", () => {
  const folder = path.join(workspace("nested", {}, { sdk: true }), "dist/program");
  mkdirSync(folder, { recursive: true });
  expect(call("missingRefusal", folder)).toContain(`in ${root}/nested/packages/program/package.json and`);
});

test("nothing is refused where the SDK cannot be found either", () => {
  const folder = path.join(root, "empty");
  mkdirSync(folder);
  expect(call("missingRefusal", folder)).toBeUndefined();
});

test.each<[string, string | undefined, string, string | undefined]>([
  ["the same version", "1.2.0", "1.2.0", undefined],
  [
    "another version",
    "1.2.0",
    "1.1.0",
    "pulumi-alicloud-dnssec 1.2.0 declares records, but pulumi-alicloud-dnssec 1.1.0, which " +
      "PROGRAM/package.json leads to, manages them. Install one version for both.",
  ],
  ["an unknown version, in a bundle,", undefined, "1.1.0", undefined],
])("records that %s declares", (name, declaring, managing, warning) => {
  const program = workspace(`versions ${name}`, {}, { own: managing, sdk: true });
  expect(call("versionWarning", program, declaring)).toBe(warning?.replace("PROGRAM", program));
});

test("nothing is said of versions where no package can be found", () => {
  expect(call("versionWarning", workspace("missing", {}, { sdk: true }), "1.0.0")).toBeUndefined();
});

test("Bun is refused, and Node.js is not", () => {
  expect(call("bunRefusal", { node: "24.3.0", bun: "1.4.5" })).toBe(
    "DsRecord does not work with `runtime: bun`, because Pulumi cannot serialise dynamic providers there: " +
      "set `runtime: nodejs` in Pulumi.yaml (its option packagemanager may be bun).",
  );
  expect(call("bunRefusal", process.versions)).toBeUndefined();
});
