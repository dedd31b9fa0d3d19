import { execFile } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import { repositoryRoot } from "../../harness/environment";

const run = promisify(execFile);
const source = path.join(repositoryRoot, "provider/dynamic/program/closure.ts");
const directory = mkdtempSync(path.join(tmpdir(), "closure-test-"));
let text = "";

/** Returns the provider as `npm run build` compiles it, since states hold that text, not Jest's. */
function builtClosure(): pulumi.dynamic.ResourceProvider {
  const { config } = ts.readConfigFile(path.join(repositoryRoot, "tsconfig.json"), ts.sys.readFile) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, repositoryRoot);
  const { outputText } = ts.transpileModule(readFileSync(source, "utf8"), {
    fileName: source,
    compilerOptions: { ...options, module: ts.ModuleKind.CommonJS, noEmit: false },
  });
  const file = path.join(directory, "closure.cjs");
  writeFileSync(file, outputText);
  const { dsRecordProvider } = createRequire(__filename)(file) as Record<string, unknown>;
  return dsRecordProvider as pulumi.dynamic.ResourceProvider;
}

/** The text that the SDK puts into `__provider`. */
async function textOf(provider: pulumi.dynamic.ResourceProvider): Promise<string> {
  class Probe extends pulumi.dynamic.Resource {}
  const text = new Promise<string>((resolve) => {
    const newResource = ({ inputs }: pulumi.runtime.MockResourceArgs) => {
      resolve(inputs.__provider as string);
      return { id: "probe", state: {} };
    };
    void pulumi.runtime.setMocks({ newResource, call: () => ({}) });
  });
  new Probe(provider, "probe", {});
  return text;
}

/**
 * Calls the text's provider in its own process, as the SDK's provider process does, and prints the
 * result.
 */
const probe = `
  const closure = new (require("node:module"))("");
  closure._compile(process.argv[2], "");
  const provider = closure.exports.handler();
  const outcome = {};
  provider.configure({ config: "config" });
  // Not even a microtask later: Pulumi lets other calls in before configure is answered.
  outcome.created = provider.create?.();
  const call = async () => provider;
  Promise.allSettled([call(), call()]).then((calls) => {
    outcome.calls = calls.map(({ status, reason }) => reason?.message ?? status);
    console.log(JSON.stringify(outcome));
  });
`;

/**
 * Writes a package with this `./provider` text where the SDK or a program in the folder finds it.
 */
function writePackage(folder: string, provider: string): void {
  const modules = path.join(folder, "node_modules/pulumi-alicloud-dnssec");
  mkdirSync(path.join(modules, "dist"), { recursive: true });
  writeFileSync(path.join(modules, "package.json"), '{ "exports": { "./provider": "./dist/provider.js" } }');
  writeFileSync(path.join(modules, "dist/provider.js"), provider);
}

interface Packages {
  readonly program?: string;
  readonly sdk?: string;
}

/**
 * Returns the text's result in a provider process, with the program's and the SDK's folders masked.
 */
async function outcomeWith({ program, sdk }: Packages): Promise<unknown> {
  const [programFolder, sdkFolder] = ["program-", "sdk-"].map((name) =>
    mkdtempSync(path.join(directory, name)),
  ) as [string, string];
  if (program !== undefined) writePackage(programFolder, program);
  if (sdk !== undefined) writePackage(sdkFolder, sdk);
  const main = path.join(sdkFolder, "index.js");
  writeFileSync(main, probe);
  const { stdout } = await run(process.execPath, [main, text], { cwd: programFolder });
  return JSON.parse(stdout.replaceAll(programFolder, "PROGRAM").replaceAll(sdkFolder, "SDK"));
}

beforeAll(async () => {
  text = await textOf(builtClosure());
});

afterAll(() => rmSync(directory, { recursive: true }));

// A change of this text is a change of every user's every record, and old states keep old texts.
test("the text is constant", () => {
  expect(text).toMatchInlineSnapshot(`
   "exports.handler = __f0;

   var __provider = {configure: __f1};

   function __f1(__0) {
     return (function() {
       with({ this: undefined, arguments: undefined }) {

   return function /*configure*/(request) {
           const sdk = process.mainModule, load = sdk.constructor.createRequire(sdk.path), cwd = process.cwd();
           try {
               load(load.resolve("pulumi-alicloud-dnssec/provider", { paths: [cwd, sdk.path] })).dsRecord(this, request);
           }
           catch (error) {
               error.message += \`\\nCheck dependencies in \${cwd}/package.json\`;
               this.then = (_, fail) => fail(error);
           }
       };

       }
     }).apply(undefined, undefined).apply(this, arguments);
   }

   function __f0() {
     return (function() {
       with({ provider: __provider, this: undefined, arguments: undefined }) {

   return () => provider;

       }
     }).apply(undefined, undefined).apply(this, arguments);
   }
   "
  `);
});

test("it is small: Pulumi stores it twice for every record, and rewrites the state at every step", () => {
  expect(Buffer.byteLength(text)).toBeLessThan(900);
});

test("it names no place in the file system and no package but this one", () => {
  const strings = [...text.matchAll(/["`]([^"`]*)["`]/g)].map(([, string]) => string);
  expect(strings).toEqual([
    "pulumi-alicloud-dnssec/provider",
    "\\nCheck dependencies in ${cwd}/package.json",
  ]);
});

test("it has no `require` of its own, which a bundler would replace", () => {
  expect(text).not.toMatch(/\brequire\b/);
});

const packageOf = (name: string) => `
  exports.dsRecord = (closure, { config }) => {
    closure.create = () => "created by ${name} with " + config;
  };
`;
const hint = "\nCheck dependencies in PROGRAM/package.json";
const twice = (message: string) => ({ calls: [message + hint, message + hint] });

test.each<[string, Packages, object]>([
  [
    "is taken from the program's folder and configured at once",
    { program: packageOf("program") },
    { created: "created by program with config", calls: ["fulfilled", "fulfilled"] },
  ],
  [
    "is taken from where the SDK is, if the program's folder has none",
    { sdk: packageOf("sdk") },
    { created: "created by sdk with config", calls: ["fulfilled", "fulfilled"] },
  ],
  [
    "in both places is taken from the program's folder, as by the text of 0.1.0",
    { program: packageOf("program"), sdk: packageOf("sdk") },
    { created: "created by program with config", calls: ["fulfilled", "fulfilled"] },
  ],
  [
    "that is not installed fails every call",
    {},
    twice("Cannot find module 'pulumi-alicloud-dnssec/provider'\nRequire stack:\n- SDK"),
  ],
  ["that is broken fails every call", { program: 'throw new Error("broken")' }, twice("broken")],
  [
    "of a release before this text fails every call",
    { program: "exports.configure = () => {}" },
    twice("load(...).dsRecord is not a function"),
  ],
])("a package %s", async (_, packages, outcome) => {
  expect(await outcomeWith(packages)).toEqual(outcome);
});
