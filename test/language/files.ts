import { execFileSync } from "node:child_process";
import { repositoryRoot } from "../harness/environment";
import type { Exemption } from "./check";

/** Where the rules of language hold. */
export const places = [
  "provider",
  "emulator",
  "cli",
  "docs",
  "examples",
  "bench",
  "README.md",
  "SECURITY.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "test",
];

/** Places that still have to be rewritten. */
export const toDo = [
  "provider",
  "emulator",
  "cli",
  "docs",
  "examples",
  "bench",
  "README.md",
  "SECURITY.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "test",
];

/** Phrases that stay. */
export const exemptions: readonly Exemption[] = [];

/** The test's own rows have the phrases in them. */
const ownFiles = /^test\/(?:language[/.]|fixtures\/)/;

/** Returns the repository's files at these places, sorted. */
export function filesAt(paths: readonly string[]): string[] {
  const listing = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "--", ...paths], {
    cwd: repositoryRoot,
    encoding: "utf8",
  });
  return listing
    .split("\n")
    .filter((file) => /\.(?:[cm]?[jt]s|md)$/.test(file) && !ownFiles.test(file))
    .sort();
}
