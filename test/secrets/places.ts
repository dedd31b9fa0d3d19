import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { CliResult, PulumiProject } from "../harness/pulumiCli";
import type { Search } from "./search";

/** A text with the name of its place. */
export type Place = readonly [name: string, text: string];

/**
 * Returns the texts of all files below a folder. It skips linked folders, which are in this
 * repository.
 */
export function filesIn(folder: string): Place[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => [path.relative(folder, file), readFileSync(file, "latin1")]);
}

/** Returns the output of a command, and all files on the disk after it. */
export function placesAfter({ stdout, stderr, events }: CliResult, { directory }: PulumiProject): Place[] {
  const log = events.map((event) => JSON.stringify(event)).join("\n");
  return [["stdout", stdout], ["stderr", stderr], ["events", log], ...filesIn(directory)];
}

/** Separates the lines in which Pulumi itself writes secrets from the rest. */
export function parted(places: readonly Place[], line: RegExp): { rest: Place[]; lines: string[] } {
  const split = places.map(([name, text]) => [name, text.split("\n")] as const);
  return {
    rest: split.map(([name, all]) => [name, all.filter((text) => !line.test(text)).join("\n")]),
    lines: split.flatMap(([, all]) => all.filter((text) => line.test(text))),
  };
}

/** Returns findings such as "securityToken in base64 in stdout". */
export function foundIn(places: readonly Place[], search: Search): string[] {
  return places.flatMap(([place, text]) => search(text).map((what) => `${what} in ${place}`));
}
