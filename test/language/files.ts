import { readdirSync, statSync } from "node:fs";
import path from "node:path";
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
  ".ci",
  "README.md",
  "SECURITY.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "test",
];

/** Places that still have to be rewritten. */
export const toDo: readonly string[] = [];

/** Phrases that stay. */
export const exemptions: readonly Exemption[] = [];

/** The test's own rows have the phrases in them. */
const ownFiles = /^test\/(?:language[/.]|fixtures\/)/;

/** Returns the repository's files at these places, sorted. A place may be a file, or not exist. */
export function filesAt(paths: readonly string[]): string[] {
  return paths
    .flatMap(filesBelow)
    .filter((file) => /\.(?:[cm]?[jt]s|md)$/.test(file) && !ownFiles.test(file))
    .sort();
}

function filesBelow(place: string): string[] {
  const stats = statSync(path.join(repositoryRoot, place), { throwIfNoEntry: false });
  if (stats === undefined || path.basename(place) === "node_modules") return [];
  if (!stats.isDirectory()) return [place];
  return readdirSync(path.join(repositoryRoot, place)).flatMap((name) => filesBelow(path.join(place, name)));
}
