import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { startEmulator } from "../../emulator/index";
import { dsRecordProvider } from "../../provider/dynamic/program/closure";
import { hermeticEnvironment, repositoryRoot } from "../harness/environment";
import { installNode, newestNode } from "../harness/nodeInstall";
import { createProgramDirectory } from "../harness/programDirectory";
import { ProviderProcess, serializeProvider } from "../harness/providerProcess";

jest.setTimeout(600_000);

const run = promisify(execFile);
const all = Boolean(process.env["NODE_ALL"]);

/** A version, or a major one for its newest, and whether the package works there. */
interface Row {
  readonly node: string | number;
  readonly works: boolean;
  /** Whether `npm test` runs it. `npm run test:node` runs all. */
  readonly always?: true;
}

const rows: readonly Row[] = [
  { node: "20.18.3", works: false },
  { node: "20.19.0", works: true, always: true },
  { node: "20.20.2", works: true },
  { node: "21.7.3", works: false },
  { node: "22.0.0", works: false },
  { node: "22.11.0", works: false, always: true },
  { node: "22.12.0", works: true },
  { node: 22, works: true },
  { node: "23.11.1", works: true },
  { node: 24, works: true },
  { node: 26, works: true },
];

const tried: { version: string; works: boolean; said: string }[] = [];

// A copy, as npm installs it, because Node's warnings depend on the folder.
const programDirectory = mkdtempSync(path.join(tmpdir(), "node-versions-"));
beforeAll(() => {
  createProgramDirectory(programDirectory);
  const copy = path.join(programDirectory, "node_modules/pulumi-alicloud-dnssec");
  rmSync(copy);
  for (const name of ["package.json", "dist"]) {
    cpSync(path.join(repositoryRoot, name), path.join(copy, name), { recursive: true });
  }
  symlinkSync(path.join(repositoryRoot, "node_modules"), path.join(copy, "node_modules"), "dir");
});
afterAll(() => rmSync(programDirectory, { recursive: true }));

const entries = ["", "/provider", "/emulator"] as const;

/**
 * Returns the result of `require` of an entry: "ok", or code and message, and what else was
 * printed.
 */
async function required(node: string, entry: string): Promise<string> {
  const script = `try { require("pulumi-alicloud-dnssec${entry}"); console.log("ok"); }
    catch (error) { console.log(error.code + ": " + error.message); }`;
  const { stdout, stderr } = await run(node, ["-e", script], {
    cwd: programDirectory,
    env: hermeticEnvironment(),
  });
  return (stdout + stderr).trim();
}

/**
 * Returns the answers of the provider's real process to a creation and then to a deletion, and what
 * it prints during the creation.
 */
async function provided(node: string): Promise<{ created: string; deleted: string; printed: string }> {
  const emulator = await startEmulator({ domains: ["example.com"], taskDurationMs: 20 });
  const provider = await ProviderProcess.start({ node, programDirectory, env: { ...emulator.env } });
  try {
    await provider.configure();
    const { text } = await serializeProvider(dsRecordProvider);
    const ds = { keyTag: 1, algorithm: 13, digestType: 2, digest: "ab".repeat(32) };
    const inputs = { domainName: "example.com", ...ds, __provider: text };
    const said = (call: Promise<unknown>) => call.then(() => "done", String);
    const created = await said(provider.create(inputs));
    const printed = provider.stdout + provider.stderr;
    return { created, printed, deleted: await said(provider.delete("example.com/1", inputs)) };
  } finally {
    await provider.stop();
    await emulator.close();
  }
}

describe.each(rows.filter(({ always }) => all || always))("Node.js $node", ({ node, works }) => {
  let version: string;
  let file: string;
  let sentence: string;
  beforeAll(async () => {
    version = typeof node === "number" ? await newestNode(node) : node;
    file = await installNode(version);
    sentence = `pulumi-alicloud-dnssec needs Node.js 20.19 or a later 20, or 22.12 or later; this is ${version}. [NODE_UNSUPPORTED]`;
    tried.push({ version, works, said: works ? "" : sentence });
  });

  test(works ? "loads every entry, and prints nothing" : "is refused in one sentence", async () => {
    const found = await Promise.all(entries.map((entry) => required(file, entry)));
    const refused = `NODE_UNSUPPORTED: ${sentence}`;
    // The emulator needs no ES module.
    expect(found).toEqual(works ? ["ok", "ok", "ok"] : [refused, refused, "ok"]);
  });

  test(works ? "serves the provider's process" : "is refused by the provider's process", async () => {
    const { created, deleted, printed } = await provided(file);
    expect(printed).toBe("");
    if (works) return expect([created, deleted]).toEqual(["done", "done"]);
    for (const said of [created, deleted]) {
      expect(said).toContain(sentence);
      expect(said).not.toMatch(/ERR_REQUIRE_ESM|\n\s+at /);
    }
  });
});

if (process.env["WRITE_COMPATIBILITY"] && all) {
  afterAll(() => {
    const lines = tried.map(
      ({ version, works, said }) => `| ${version} | ${works ? "yes" : "no"} | ${said} |`,
    );
    writeFileSync(
      path.join(repositoryRoot, "docs/compatibility.md"),
      `# Versions of Node.js

The package needs \`^20.19.0 || >=22.12.0\`. p-retry is an ES module, and older versions, 21 and 22.0
to 22.11 cannot \`require\` one. \`npm run test:node\` loads every entry with each of these versions,
creates and deletes a record through the provider's real process, and writes this page. \`npm test\`
tries the lowest version that works and one that does not.

| Node.js | Works | Its message if not |
|---|---|---|
${lines.join("\n")}

If it does not work, the program and the provider's process say so before anything else is loaded,
with the code [\`NODE_UNSUPPORTED\`](errors.md#node_unsupported). \`pulumi-alicloud-dnssec/emulator\`
needs no ES module and works with all of these versions.
`,
    );
  });
}
