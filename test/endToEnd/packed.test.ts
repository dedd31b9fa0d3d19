import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { startEmulator } from "../../emulator/index";
import {
  cliEnvironment,
  hermeticEnvironment,
  pulumiCliDirectory,
  repositoryRoot,
} from "../harness/environment";

jest.setTimeout(300_000);

const run = promisify(execFile);

const threeLines = `import { DsRecord } from "pulumi-alicloud-dnssec";
const ksk = new DsRecord("ksk", { domainName: "example.com", ds: "1 13 2 ${"ab".repeat(32)}" });
export const ds = ksk.ds;
`;

test("the package that npm packs works in an empty folder, with a TypeScript program of three lines", async () => {
  const directory = mkdtempSync(path.join(realpathSync(tmpdir()), "packed-test-"));
  const emulator = await startEmulator({ domains: ["example.com"], taskDurationMs: 50 });
  try {
    await run("npm", ["pack", "--ignore-scripts", "--pack-destination", directory], { cwd: repositoryRoot });
    const [tarball = ""] = readdirSync(directory);
    const program = path.join(directory, "program");
    mkdirSync(program);
    const npm = { cwd: program, env: hermeticEnvironment() };
    writeFileSync(path.join(program, "Pulumi.yaml"), "name: packed\nruntime: nodejs\n");
    writeFileSync(path.join(program, "index.ts"), threeLines);
    writeFileSync(
      path.join(program, "package.json"),
      JSON.stringify({ name: "packed", private: true, main: "index.ts" }),
    );
    writeFileSync(
      path.join(program, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: { target: "es2022", module: "nodenext", strict: true, types: ["node"] },
      }),
    );
    await run(
      "npm",
      [
        "install",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        path.join(directory, tarball),
        "@pulumi/pulumi@3.248.0",
        "typescript@5",
        "@types/node@20",
      ],
      npm,
    );
    await run("npx", ["tsc", "--noEmit"], npm);

    const env = { ...cliEnvironment(directory, await pulumiCliDirectory()), ...emulator.env };
    const pulumi = (...args: string[]) =>
      run("pulumi", [...args, "--non-interactive"], { cwd: program, env });
    await pulumi("stack", "init", "dev");
    await pulumi("up", "--yes", "--skip-preview");
    expect(emulator.records("example.com")).toEqual([
      { keyTag: 1, algorithm: 13, digestType: 2, digest: "ab".repeat(32) },
    ]);
    await pulumi("preview", "--expect-no-changes");
    await pulumi("destroy", "--yes", "--skip-preview");
    expect(emulator.records("example.com")).toEqual([]);

    const { stdout } = await run("npx", ["pulumi-alicloud-dnssec", "--help"], npm);
    expect(stdout).toContain("Usage: pulumi-alicloud-dnssec emulator");
  } finally {
    await emulator.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
