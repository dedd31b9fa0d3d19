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

/** What `npm run build` makes of the file: it is the text of this that the state holds, not that of Jest's compiler. */
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

/** Calls the provider of the text as the SDK's provider process does, in a process of its own, and says what came of it. */
const probe = `
  const module = new (require("node:module"))("");
  module._compile(process.argv[1], "");
  const provider = module.exports.handler();
  const outcome = {};
  try {
    outcome.configured = provider.configure({ config: "config" });
    // Not even a microtask later: Pulumi lets other calls in before configure is answered.
    outcome.created = provider.create();
  } catch (error) {
    outcome.error = error.message.split("\\n")[0];
  }
  const later = async () => provider;
  Promise.allSettled([later(), later()]).then((calls) => {
    outcome.later = calls.map(({ status, reason }) => reason?.message ?? status);
    console.log(JSON.stringify(outcome));
  });
`;

async function outcomeWith(provider: string | undefined): Promise<unknown> {
  const program = mkdtempSync(path.join(directory, "program-"));
  if (provider !== undefined) {
    const modules = path.join(program, "node_modules/pulumi-alicloud-dnssec");
    mkdirSync(path.join(modules, "dist"), { recursive: true });
    writeFileSync(
      path.join(modules, "package.json"),
      '{ "exports": { "./provider": "./dist/provider.js" } }',
    );
    writeFileSync(path.join(modules, "dist/provider.js"), provider);
  }
  const { stdout } = await run(process.execPath, ["-e", probe, text], { cwd: program });
  return JSON.parse(stdout);
}

beforeAll(async () => {
  text = await textOf(builtClosure());
});

afterAll(() => rmSync(directory, { recursive: true }));

// A change of this text makes a change of every record of every user, and old texts live on in old states.
test("the text is constant", () => {
  expect(text).toMatchInlineSnapshot(`
   "exports.handler = __f0;

   var __provider = {configure: __f1};

   function __f1(__0) {
     return (function() {
       with({ this: undefined, arguments: undefined }) {

   return function /*configure*/(request) {
           this.then = (_, fail) => fail(Error("pulumi-alicloud-dnssec cannot be loaded"));
           const load = require("node:module").createRequire(process.cwd() + "/");
           Object.assign(this, load("pulumi-alicloud-dnssec/provider"));
           delete this.then;
           return this.configure(request);
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
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(800);
});

test("it names no place in the file system, no module but Node's and no package but this one", () => {
  const strings = [...text.matchAll(/"([^"]*)"/g)].map(([, string]) => string);
  expect(strings).toEqual([
    "pulumi-alicloud-dnssec cannot be loaded",
    "node:module",
    "/",
    "pulumi-alicloud-dnssec/provider",
  ]);
  expect(text).not.toContain("`");
});

const complete = `
  exports.configure = (request) => { exports.seen = request; return "configured"; };
  exports.create = () => "created by " + exports.seen.config;
`;
const refusal = "pulumi-alicloud-dnssec cannot be loaded";

test.each([
  [
    "is taken from the program's folder and configured at once",
    complete,
    { configured: "configured", created: "created by config", later: ["fulfilled", "fulfilled"] },
  ],
  [
    "that is not installed fails the first call and every later one",
    undefined,
    { error: "Cannot find module 'pulumi-alicloud-dnssec/provider'", later: [refusal, refusal] },
  ],
  [
    "that is broken fails the first call and every later one",
    'throw new Error("broken")',
    { error: "broken", later: [refusal, refusal] },
  ],
])("a package %s", async (_, provider, outcome) => {
  expect(await outcomeWith(provider)).toEqual(outcome);
});
