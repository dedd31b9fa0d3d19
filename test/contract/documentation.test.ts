import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { repositoryRoot } from "../harness/environment";

jest.setTimeout(120_000);

const read = (file: string) => readFileSync(path.join(repositoryRoot, file), "utf8");

/** Returns the files with this ending in a folder, or in the repository's own. */
function filesIn(folder: string, ending: string): string[] {
  return readdirSync(path.join(repositoryRoot, folder), { recursive: folder !== "." })
    .map((name) => path.join(folder, String(name)))
    .filter((file) => file.endsWith(ending) && !file.includes("node_modules"));
}

const pages = [".", "docs", "examples", "emulator"].flatMap((folder) => filesIn(folder, ".md")).sort();

describe("docs/errors.md", () => {
  const members = (file: string, type: string): string[] => {
    const [, union = ""] = new RegExp(`type ${type} =([^;]+);`).exec(read(file)) ?? [];
    return [...union.matchAll(/"(\w+)"/g)].map(([, code = ""]) => code);
  };
  const codes = [
    ...members("provider/errors.ts", "ErrorCode"),
    ...members("provider/dnssec/dnsDataError.ts", "DnsDataErrorCode"),
  ];
  const page = read("docs/errors.md");
  const entries = page.split(/^### /m).slice(1);

  test("has an entry for every code, and no other", () => {
    expect(codes.length).toBeGreaterThan(20);
    expect(entries.map((entry) => /^`(\w+)`/.exec(entry)?.[1]).sort()).toEqual(codes.sort());
  });

  test.each(entries.map((entry) => [/^`(\w+)`/.exec(entry)?.[1] ?? entry, entry]))(
    "says about %s what happened, what is true now and what to do",
    (_, entry) => {
      for (const part of ["What happened", "What is true now", "What to do"]) {
        expect(entry).toMatch(new RegExp(`^- ${part}: \\S`, "m"));
      }
    },
  );

  test("has no entry for a code that is never thrown", () => {
    const sources = filesIn("provider", ".ts")
      .filter((file) => !["provider/errors.ts", "provider/dnssec/dnsDataError.ts"].includes(file))
      .map(read)
      .join("\n");
    // A code that is only compared with is not thrown.
    const others = sources.replaceAll(/([!=]==|\bcase)\s*"\w+"|"\w+"\s*[!=]==/g, "");
    const thrown = (code: string) =>
      others.includes(`"${code}"`) || (code.endsWith("_SYNTAX") && others.includes("`${type}_SYNTAX`"));
    expect(codes.filter((code) => !thrown(code))).toEqual([]);
  });
});

/**
 * The snippets of all pages, as files next to their page, where this package resolves by its name.
 */
const snippets = pages.flatMap((page) =>
  [...read(page).matchAll(/^```ts\n(.*?)^```/gms)].map(([, text = ""], index) => ({
    name: `${page}, snippet ${index + 1}`,
    // CommonJS, like most Pulumi programs, unless it awaits outside of a function.
    file: path.join(
      repositoryRoot,
      `${page}.${index}.${/^(const .* = )?await /m.test(text) ? "mts" : "cts"}`,
    ),
    text,
  })),
);

test.each(snippets.map(({ name, file }) => [name, file]))("%s compiles", (_, file) => {
  expect(problemsOf(file)).toEqual([]);
});

let program: ts.Program | undefined;

function problemsOf(file: string): string[] {
  program ??= compiled();
  return ts
    .getPreEmitDiagnostics(program, program.getSourceFile(file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

function compiled(): ts.Program {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: ["node"],
  };
  const texts = new Map(snippets.map(({ file, text }) => [file, text]));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.readFile = (file) => texts.get(file) ?? readFile(file);
  host.getSourceFile = (file, ...more) => {
    const text = texts.get(file);
    return text === undefined ? getSourceFile(file, ...more) : ts.createSourceFile(file, text, more[0], true);
  };
  return ts.createProgram([...texts.keys()], options, host);
}

test("the quickstart's page has the program next to it", () => {
  const [, program] = /^```ts\n(.*?)^```/ms.exec(read("examples/quickstart/README.md")) ?? [];
  expect(program).toBe(read("examples/quickstart/index.ts"));
});

test("README.md has at most 200 lines", () => {
  expect(read("README.md").trimEnd().split("\n").length).toBeLessThanOrEqual(200);
});

test("SECURITY.md names every dependency, and no other", () => {
  const [, section = ""] = /^## Dependencies\n(.*?)^## /ms.exec(read("SECURITY.md")) ?? [];
  const named = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
  const { dependencies } = JSON.parse(read("package.json")) as { dependencies: object };
  expect(named).toEqual(Object.keys(dependencies));
});

test("every link between pages leads to a file", () => {
  const dead = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !existsSync(path.join(repositoryRoot, path.dirname(page), target)))
      .map((target) => `${page} -> ${target}`),
  );
  expect(dead).toEqual([]);
});

test("every file that a page names exists", () => {
  const root = "(?:provider|emulator|cli|test|examples|bench|docs|\\.ci)";
  const named = new RegExp(`\`(${root}/[\\w./-]*)\``, "g");
  const current = pages.filter((page) => !page.startsWith("docs/decisions/"));
  const missing = current.flatMap((page) =>
    [...read(page).matchAll(named)]
      .map(([, file = ""]) => file)
      .filter((file) => !existsSync(path.join(repositoryRoot, file)))
      .map((file) => `${page} names ${file}`),
  );
  expect(missing).toEqual([]);
});

/** Returns the anchors of a page's headings, as the sites that show Markdown make them. */
function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test("every link to a section leads to its heading", () => {
  const dead = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)]
      .map(([, target = "", anchor = ""]) => ({
        file: target === "" ? page : path.join(path.dirname(page), target),
        anchor,
      }))
      .filter(({ file, anchor }) => file.endsWith(".md") && !anchorsOf(file).includes(anchor))
      .map(({ file, anchor }) => `${page} -> ${file}#${anchor}`),
  );
  expect(dead).toEqual([]);
});
