import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { hermeticEnvironment, repositoryRoot } from "../harness/environment";
import { pulumiCliDirectory } from "../harness/pulumiCliDirectory";
import { endProcessesWith } from "../harness/leftovers";
import { RunningCommand } from "../harness/runningCommand";

jest.setTimeout(400_000);

const run = promisify(execFile);

/**
 * Returns the shell blocks of the quickstart without an account: a project, the emulator, Pulumi.
 */
function steps(): [project: string, emulator: string, pulumi: string] {
  const page = readFileSync(path.join(repositoryRoot, "examples/quickstart/README.md"), "utf8");
  const [, section = ""] = /^## Without an account\n(.*?)^## /ms.exec(page) ?? [];
  const blocks = [...section.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block ?? "");
  expect(blocks).toHaveLength(3);
  return blocks as [string, string, string];
}

/** The TypeScript template, which `pulumi new typescript` fetches from the internet. */
const template = {
  "Pulumi.yaml": [
    "name: ${PROJECT}",
    "description: ${DESCRIPTION}",
    "runtime: nodejs",
    "template:",
    "  description: TypeScript",
    "",
  ].join("\n"),
  "package.json": JSON.stringify({
    name: "${PROJECT}",
    main: "index.ts",
    dependencies: { "@pulumi/pulumi": "3.248.0" },
    devDependencies: { "@types/node": "^20", typescript: "^5.0.0" },
  }),
  "tsconfig.json": JSON.stringify({
    compilerOptions: { strict: true, target: "es2020", module: "commonjs", moduleResolution: "node" },
    files: ["index.ts"],
  }),
  "index.ts": 'import * as pulumi from "@pulumi/pulumi";\n',
};

let directory: string;
let env: Record<string, string>;

beforeEach(async () => {
  directory = mkdtempSync(path.join(realpathSync(tmpdir()), "quickstart-test-"));
  for (const name of ["home", "pulumi-home", "tarball", "template"]) mkdirSync(path.join(directory, name));
  const { stdout: npmCache } = await run("npm", ["config", "get", "cache"]);
  env = hermeticEnvironment({
    HOME: path.join(directory, "home"),
    // The CLI asks the system for the home directory, not HOME.
    PULUMI_HOME: path.join(directory, "pulumi-home"),
    PATH: [await pulumiCliDirectory(), process.env["PATH"]].join(path.delimiter),
    npm_config_cache: npmCache.trim(),
    npm_config_audit: "false",
    npm_config_update_notifier: "false",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // The emulator's output decides about the preflight.
    ALICLOUD_DNSSEC_PREFLIGHT: "",
  });
});

afterEach(async () => {
  await endProcessesWith(`HOME=${env["HOME"]}`);
  rmSync(directory, { recursive: true, force: true });
});

async function shell(script: string, folder: string): Promise<string> {
  const command = new RunningCommand("bash", ["-ec", script], { cwd: folder, env });
  const { code } = await command.waitForExit(180);
  if (code !== 0) throw command.failure(`it ended with ${code}`);
  return command.stdout;
}

function replaced(text: string, from: string, to: string): string {
  expect(text).toContain(from);
  return text.replace(from, to);
}

test("the quickstart's steps work as written, with the package that npm packs", async () => {
  const [projectSteps, emulatorStep, pulumiSteps] = steps();
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", path.join(directory, "tarball")], {
    cwd: repositoryRoot,
  });
  const [tarball = ""] = readdirSync(path.join(directory, "tarball"));
  for (const [name, text] of Object.entries(template))
    writeFileSync(path.join(directory, "template", name), text);
  const fromHere = replaced(
    replaced(projectSteps, "pulumi new typescript", `pulumi new "${path.join(directory, "template")}"`),
    "npm install pulumi-alicloud-dnssec",
    `npm install "${path.join(directory, "tarball", tarball)}"`,
  );
  await shell(fromHere, directory);
  expect(existsSync(path.join(directory, "dnssec-state/.pulumi/stacks/dnssec"))).toBe(true);

  const project = path.join(directory, "dnssec");
  const emulator = new RunningCommand("bash", ["-c", emulatorStep], { cwd: project, env });
  await emulator.waitForOutput(/^Ctrl-C stops the emulator\.$/m, 60);
  const pasted = emulator.stdout.match(/^(export|unset) .*$/gm) ?? [];
  const [, program = ""] = /^(import .*?)^Ctrl-C/ms.exec(emulator.stdout) ?? [];
  writeFileSync(path.join(project, "index.ts"), program);

  const exported = fromHere.match(/^export .*$/gm) ?? [];
  const output = await shell([...exported, "cd dnssec", ...pasted, pulumiSteps].join("\n"), directory);
  expect(output).toContain("DNSSEC preflight of 1 DS record: 1 secure\n");
  expect(output).toMatch(/^ \+ {2}pulumi-nodejs:dynamic\/alicloud-dnssec:DsRecord example\.com created/m);
  expect(output).toMatch(/^ - {2}pulumi-nodejs:dynamic\/alicloud-dnssec:DsRecord example\.com deleted/m);

  // A program that imports `pulumi-alicloud-dnssec/emulator` needs this.
  const options = { target: "es2022", module: "nodenext", strict: true, types: ["node"], noEmit: true };
  writeFileSync(path.join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: options }));
  await shell("npx tsc", project);
});
