import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "./environment";

/** The text of `index.js`, or the text of each file by its relative path. */
export type Program = string | Record<string, string>;

export interface ProgramOptions {
  program?: Program | undefined;
  /** Project name. Default: "test-project". */
  project?: string | undefined;
  /** Folder of an `@pulumi/pulumi` package, see `installSdk`. Default: the repository's. */
  sdkDirectory?: string | undefined;
}

interface Manifest {
  dependencies: Record<string, string>;
}

const packageName = "pulumi-alicloud-dnssec";

export const ownSdkDirectory = path.join(repositoryRoot, "node_modules/@pulumi/pulumi");

function link(target: string, name: string): void {
  if (!existsSync(target)) return;
  mkdirSync(path.dirname(name), { recursive: true });
  symlinkSync(target, name, "dir");
}

/** A copy, so that its `@pulumi/pulumi` is the program's and not the repository's. */
function copyPackage(nodeModules: string): void {
  if (!existsSync(path.join(repositoryRoot, "dist")))
    throw new Error("there is no dist/: run `npm run build`");
  const destination = path.join(nodeModules, packageName);
  for (const name of ["package.json", "dist"]) {
    cpSync(path.join(repositoryRoot, name), path.join(destination, name), { recursive: true });
  }
  const manifest = JSON.parse(readFileSync(path.join(destination, "package.json"), "utf8")) as Manifest;
  for (const name of Object.keys(manifest.dependencies)) {
    link(path.join(repositoryRoot, "node_modules", name), path.join(nodeModules, name));
  }
}

function linkPackages(nodeModules: string, sdkDirectory: string): void {
  const sdkModules = path.resolve(sdkDirectory, "../..");
  link(sdkDirectory, path.join(nodeModules, "@pulumi/pulumi"));
  for (const name of ["typescript", "@types"])
    link(path.join(sdkModules, name), path.join(nodeModules, name));
  if (sdkDirectory === ownSdkDirectory) link(repositoryRoot, path.join(nodeModules, packageName));
  else copyPackage(nodeModules);
}

export function writeProgram(directory: string, program: Program): void {
  const files = typeof program === "string" ? { "index.js": program } : program;
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(directory, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

function projectFiles(program: Program, project: string): Record<string, string> {
  const usesTypeScript = typeof program !== "string" && "index.ts" in program;
  const runtime = { name: "nodejs", options: { typescript: usesTypeScript } };
  return {
    // YAML is a superset of JSON.
    "Pulumi.yaml": JSON.stringify({ name: project, runtime }),
    "package.json": JSON.stringify({ name: project, main: usesTypeScript ? "index.ts" : "index.js" }),
  };
}

/**
 * Writes a program from which `@pulumi/pulumi` and this package resolve. Its own files win over the
 * generated ones.
 */
export function createProgramDirectory(directory: string, options: ProgramOptions = {}): void {
  const { program = "", project = "test-project", sdkDirectory = ownSdkDirectory } = options;
  const nodeModules = path.join(directory, "node_modules");
  mkdirSync(nodeModules, { recursive: true });
  linkPackages(nodeModules, sdkDirectory);
  writeProgram(directory, projectFiles(program, project));
  writeProgram(directory, program);
}
