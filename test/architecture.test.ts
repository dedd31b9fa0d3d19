import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { betweenRooms, cycles, forbidden, holds, loadedWith, packages } from "./architecture/arrows";
import { importsOf } from "./architecture/imports";
import { sideEffectsIn } from "./architecture/sideEffects";
import { repositoryRoot } from "./harness/environment";

const longestFile = 300;
const vagueNames = ["utils", "util", "helpers", "helper", "common", "types", "misc", "shared"];

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(path.join(repositoryRoot, folder), { withFileTypes: true }).flatMap((entry) => {
      if (entry.name === "node_modules") return [];
      const name = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(name) : [name];
    });
  } catch {
    return [];
  }
}

const textOf = (file: string) => readFileSync(path.join(repositoryRoot, file), "utf8");
const everything = ["provider", "emulator", "test", "examples", "bench", ".ci"].flatMap(filesBelow);
const files = everything.filter((file) => /^(provider|emulator)\/.*\.ts$/.test(file));
const imports = files.flatMap((file) => importsOf(file, textOf(file), packages));

describe("the source", () => {
  test("is found", () => {
    expect(files).toEqual(
      expect.arrayContaining(["provider/index.ts", "provider/provider.ts", "emulator/cli.ts"]),
    );
    expect(imports.length).toBeGreaterThan(files.length);
  });

  test("imports along the arrows of the design only", () => {
    expect(forbidden(imports, new Set(files))).toEqual([]);
  });

  test("has no cycles", () => {
    expect(cycles(imports)).toEqual([]);
  });

  test("has no cycles between the rooms of the lifecycle", () => {
    const rooms = betweenRooms(imports.filter(({ from }) => from.startsWith("provider/lifecycle/")));
    expect(rooms.length).toBeGreaterThan(20);
    expect(cycles(rooms)).toEqual([]);
  });

  test("has at most 15 files in a folder of the lifecycle", () => {
    const folders = files
      .filter((file) => file.startsWith("provider/lifecycle/"))
      .map((file) => path.dirname(file));
    const sizes = [...new Set(folders)].map((folder) => folders.filter((other) => other === folder).length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(15);
  });

  test("loads nothing of the provider into the program", () => {
    const program = [
      "dynamic/program",
      "preflight",
      "dns",
      "dnssec",
      "index.ts",
      "nodeVersion.ts",
      "errors.ts",
      "concurrency",
      "config.ts",
      "wording",
      "alicloud/loopback.ts",
      "alicloud/proxy.ts",
      "alicloud/settings.ts",
    ];
    const places = [
      ...program.map((name) => `provider/${name}`),
      "@pulumi/pulumi",
      "dns-packet",
      // Named in the closure, of which the program makes a text.
      "pulumi-alicloud-dnssec/provider",
    ];
    const loaded = [...loadedWith("provider/index.ts", imports)].filter((name) => !name.startsWith("node:"));
    expect(loaded).toContain("provider/dnssec/zoneLine.ts");
    expect(loaded.filter((name) => !places.some((place) => holds(place, name)))).toEqual([]);
  });

  test("has files of at most 300 lines", () => {
    const long = everything
      .filter((file) => /\.(ts|mjs|cjs|js)$/.test(file))
      .filter((file) => textOf(file).trimEnd().split("\n").length > longestFile);
    expect(long).toEqual([]);
  });

  test("has folders and files that are named after what is in them", () => {
    const names = everything.flatMap((file) => file.split("/").map((name) => name.replace(/\..*/, "")));
    expect(names.filter((name) => vagueNames.includes(name))).toEqual([]);
  });

  test("does nothing on import where closures load it", () => {
    const loaded = [...loadedWith("provider/provider.ts", imports)].filter((file) => file.endsWith(".ts"));
    const effects = loaded.flatMap((file) =>
      sideEffectsIn(file, textOf(file)).map((line) => `${file}: ${line}`),
    );
    expect(loaded).toContain("provider/records.ts");
    expect(effects.filter((effect) => !/: \w+\.add(Address|Subnet)\(/.test(effect))).toEqual([
      "provider/nodeVersion.ts: requireSupportedNode();",
    ]);
  });

  test("has no barrels inside", () => {
    expect(files.filter((file) => /^provider\/.*\/index\.ts$/.test(file))).toEqual([]);
  });
});
