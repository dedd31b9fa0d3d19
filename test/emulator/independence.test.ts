import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";

const folder = join(__dirname, "../../emulator");

test.each(readdirSync(folder).filter((name) => name.endsWith(".ts")))(
  "%s imports only Node's modules and its neighbours",
  (name) => {
    const text = readFileSync(join(folder, name), "utf8");
    const imported = [...text.matchAll(/(?:from|require\(|import\()\s*"([^"]+)"/g)].map(
      ([, module = ""]) => module,
    );
    const foreign = imported.filter(
      (module) => !(module.startsWith("node:") && isBuiltin(module)) && !/^\.\/\w+$/.test(module),
    );
    expect(foreign).toEqual([]);
  },
);
