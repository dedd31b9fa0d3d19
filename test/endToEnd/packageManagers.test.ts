import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { installNode } from "../harness/nodeInstall";
import { packPackage, runTool } from "../harness/packageManagers";
import { cacheDirectory } from "../harness/sdkInstall";
import { inWorld, type World } from "./world";

jest.setTimeout(600_000);

const root = mkdtempSync(path.join(realpathSync(tmpdir()), "package-managers-"));
afterAll(() => rmSync(root, { recursive: true }));

let tarball: string;
let newerTarball: string;
beforeAll(async () => {
  tarball = `file:${await packPackage(root)}`;
  newerTarball = `file:${await packPackage(root, "9.9.9")}`;
});

type Files = Readonly<Record<string, object | string>>;

/** Writes files below a folder; objects become JSON. */
function write(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  }
}

const own = "pulumi-alicloud-dnssec";
const sdk = { "@pulumi/pulumi": "3.248.0" };
const record =
  '"ksk", { domainName: "example.com", keyTag: 1, algorithm: 13, digestType: 2, digest: "ab".repeat(32) }';

interface Layout {
  /** Dependencies of the component package. */
  readonly component: Readonly<Record<string, string>>;
  /** Dependencies of the program besides the SDK and the component. */
  readonly program?: Readonly<Record<string, string>>;
  /** The version by which dependencies refer to a package of the workspace. */
  readonly version?: string;
  /** Files of the workspace. */
  readonly files: Files;
}

/** A workspace whose program declares a record through a component package. */
function writeWorkspace(folder: string, { component, program = {}, version = "1.0.0", files }: Layout): void {
  write(folder, {
    "package.json": { name: "root", private: true, workspaces: ["packages/*"] },
    "packages/component/package.json": {
      name: "component",
      version: "1.0.0",
      main: "index.js",
      dependencies: component,
      peerDependencies: { "@pulumi/pulumi": "*" },
    },
    "packages/component/index.js": `const { DsRecord } = require("${own}");\nexports.declare = () => new DsRecord(${record});`,
    "packages/program/package.json": {
      name: "program",
      version: "1.0.0",
      main: "index.js",
      dependencies: { ...sdk, component: version, ...program },
    },
    "packages/program/index.js": 'require("component").declare();',
    "packages/program/Pulumi.yaml": { name: "test-project", runtime: nodejs },
    ...files,
  });
}

const nodejs = { name: "nodejs", options: { typescript: false } };
const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/** Runs npm, which comes with Node.js, in a folder. */
async function npmInstall(folder: string): Promise<void> {
  await runTool("npm", ["install", ...flags], folder);
}

const pnpmFiles = (settings = ""): Files => ({
  "pnpm-workspace.yaml": `packages:\n  - packages/*\nstoreDir: ${path.join(cacheDirectory, "pnpm-store")}\n${settings}`,
});
const pnpmInstall = (folder: string) => runTool("pnpm", ["install", "--ignore-scripts"], folder);

const berryFiles: Files = {
  "yarn.lock": "",
  ".yarnrc.yml": [
    "nodeLinker: pnp",
    "enableScripts: false",
    "enableTelemetry: false",
    "enableImmutableInstalls: false",
    `globalFolder: ${path.join(cacheDirectory, "yarn")}`,
  ].join("\n"),
};
const berryInstall = (folder: string) => runTool("berry", ["install"], folder);

/** Runs the program of a folder in the stack of a world. Both projects have the same name. */
function programIn(world: World, folder: string, env: Readonly<Record<string, string>> = {}) {
  const run = (args: string[], mayFail = false) =>
    world.project.run([...args, "--cwd", folder, "--stack", "dev"], { mayFail, env });
  return {
    async cycle(): Promise<void> {
      await run(["up", "--yes", "--skip-preview"]);
      expect(world.tags()).toEqual([1]);
      await run(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
      await run(["preview", "--expect-no-changes"]);
      await run(["destroy", "--yes", "--skip-preview"]);
      expect(world.tags()).toEqual([]);
    },
    async preview(): Promise<string> {
      const { stdout, stderr } = await run(["preview"], true);
      return stdout + stderr;
    },
  };
}

/** One layout: the files it writes, the packages it installs, and how the program fares. */
interface Row {
  readonly layout: (folder: string) => Promise<string>;
  readonly env?: (folder: string, world: World) => Promise<Readonly<Record<string, string>>>;
  /** The preview's error. Without one, the whole cycle works. */
  readonly says?: RegExp;
  /** Whether `npm test` runs it. `npm run test:layouts` runs all. */
  readonly always?: true;
}

async function workspace(folder: string, layout: Layout, install: (folder: string) => Promise<unknown>) {
  writeWorkspace(folder, layout);
  await install(folder);
  return path.join(folder, "packages/program");
}

const missing =
  /would not find pulumi-alicloud-dnssec from \S+\. Add "pulumi-alicloud-dnssec" to the\s+dependencies in \S+package\.json and install it/;

const rows: Readonly<Record<string, Row>> = {
  "an npm workspace, with the package in a component": {
    layout: (folder) => workspace(folder, { component: { [own]: tarball }, files: {} }, npmInstall),
  },
  "a pnpm workspace, with the package in a component": {
    layout: (folder) =>
      workspace(
        folder,
        { component: { [own]: tarball }, version: "workspace:*", files: pnpmFiles() },
        pnpmInstall,
      ),
    always: true,
  },
  "a pnpm workspace without hoisting, with the package in a component": {
    layout: (folder) =>
      workspace(
        folder,
        { component: { [own]: tarball }, version: "workspace:*", files: pnpmFiles("hoist: false\n") },
        pnpmInstall,
      ),
    says: missing,
  },
  "a yarn workspace, with the package in a component": {
    layout: (folder) =>
      workspace(folder, { component: { [own]: tarball }, files: {} }, (place) =>
        runTool("yarn", ["install", "--ignore-scripts", "--silent"], place),
      ),
  },
  "Yarn PnP, with the package in the program": {
    layout: (folder) =>
      workspace(
        folder,
        {
          component: { [own]: tarball },
          program: { [own]: tarball },
          version: "workspace:*",
          files: berryFiles,
        },
        berryInstall,
      ),
    env: async (folder, { project }) => ({
      NODE_OPTIONS: `--require ${folder}/.pnp.cjs --experimental-loader file://${folder}/.pnp.loader.mjs --no-warnings`,
      // Node 20 does not use the loader for an ES module that is required.
      PATH: `${path.dirname(await installNode("24.22.3"))}:${project.env["PATH"]}`,
    }),
  },
  "Yarn PnP, with the package in a component": {
    layout: (folder) =>
      workspace(
        folder,
        { component: { [own]: tarball }, version: "workspace:*", files: berryFiles },
        berryInstall,
      ),
    env: (folder) => Promise.resolve({ NODE_OPTIONS: `--require ${folder}/.pnp.cjs` }),
    says: missing,
    always: true,
  },
  "two versions: the program's manages the records": {
    layout: (folder) =>
      workspace(
        folder,
        { component: { [own]: newerTarball }, program: { [own]: tarball }, files: {} },
        npmInstall,
      ),
    says: /9\.9\.9 declares records, but\s+pulumi-alicloud-dnssec 0\.1\.0, which\s+\S+package\.json leads to, manages them/,
  },
  "a bundled program, with the package installed": { layout: (folder) => bundle(folder, true) },
  "a bundled program, without": { layout: (folder) => bundle(folder, false), says: missing },
};

async function bundle(folder: string, isInstalled: boolean): Promise<string> {
  write(folder, {
    "package.json": { name: "bundle", main: "dist/index.js", dependencies: { ...sdk, [own]: tarball } },
    "source.js": `const { DsRecord } = require("${own}");\nnew DsRecord(${record});`,
    "dist/Pulumi.yaml": { name: "test-project", runtime: nodejs },
  });
  await npmInstall(folder);
  const options = ["--bundle", "--minify", "--platform=node", "--external:@pulumi/pulumi"];
  await runTool("esbuild", ["source.js", ...options, "--outfile=dist/index.js"], folder);
  if (!isInstalled) rmSync(path.join(folder, "node_modules", own), { recursive: true });
  return path.join(folder, "dist");
}

const chosen = Object.entries(rows).filter(([, { always }]) => always || process.env["LAYOUTS_ALL"]);

test.each(chosen)("%s", async (name, { layout, env, says }) => {
  const folder = path.join(root, name.replaceAll(/\W+/g, "-"));
  const programFolder = await layout(folder);
  await inWorld(async (world) => {
    const program = programIn(world, programFolder, await env?.(folder, world));
    if (says) expect(await program.preview()).toMatch(says);
    else await program.cycle();
  })();
});
