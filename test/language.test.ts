import { readFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "./harness/environment";
import { findingsIn, type Finding } from "./language/check";
import { exemptions, filesAt, places, toDo } from "./language/files";

/** With `LANGUAGE_PATHS="provider/dns docs"`, only these paths are checked, even if they are `toDo`. */
const asked = process.env["LANGUAGE_PATHS"]?.split(/\s+/).filter(Boolean);

const isBelow = (file: string, place: string) => file === place || file.startsWith(`${place}/`);
const files = filesAt(asked ?? places).filter(
  (file) => asked !== undefined || !toDo.some((place) => isBelow(file, place)),
);
const findings = files.flatMap((file) =>
  findingsIn(file, readFileSync(path.join(repositoryRoot, file), "utf8")),
);
const exempts = (finding: Finding) =>
  exemptions.find(({ file, found }) => file === finding.file && found === finding.found);

test("comments, strings and pages are in plain English", () => {
  const refused = findings.filter((finding) => exempts(finding) === undefined);
  expect(refused.map(({ file, line, found, better }) => `${file}:${line}: ${found} -> ${better}`)).toEqual(
    [],
  );
});

test("every exemption is still needed", () => {
  const used = new Set(findings.map(exempts));
  expect(exemptions.filter((one) => files.includes(one.file) && !used.has(one))).toEqual([]);
});

const page = (...lines: string[]) => ["page.md", lines.join("\n")] as const;
const code = (...lines: string[]) => ["code.ts", lines.join("\n")] as const;
const wide = "a word ".repeat(15).trim();

test.each([
  ["prose", page("# Title", "", "A change goes on."), ["3 goes on"]],
  ["a phrase over two lines", page("A change goes", "on."), ["1 goes on"]],
  ["a table cell", page("| a | b |", "|---|---|", "| nobody | b |"), ["3 nobody"]],
  ["a code span", page("A change `goes on`."), []],
  ["a code block", page("```", "A change goes on.", "```"), []],
  ["a quotation", page("> A change goes on."), []],
  ["another word", page("The amendment concerns ongoing changes."), []],
  ["two paragraphs", page("A change goes", "", "on."), []],
  ["two colons", page("A change: it waits: there is no key."), ["1 change: it waits:"]],
  ["two colons after a label", page("- What to do: wait: there is no key."), []],
  ["two sentences with a colon each", page("A change: it waits. A key: it is there."), []],
  ["a wide line", page(wide), ["1 104 columns"]],
  ["a wide row of a table", page(`| ${wide} |`), []],
  ["a wide line with an address", page(`${wide} https://example.net/${"a".repeat(30)}`), []],
  ["a comment", code("f(); // It goes on."), ["1 goes on"]],
  ["a comment over two lines", code("/**", " * It goes", " * on. */", "f();"), ["2 goes on"]],
  ["line comments over two lines", code("// It goes", "// on.", "f();"), ["1 goes on"]],
  ["a wide comment", code("f();", `// ${wide}`), ["2 107 columns"]],
  ["a wide line of code", code(`f(${"a, ".repeat(40)}a);`), []],
  ["a string", code('f("It goes on.");'), ["1 goes on"]],
  ["a sum of strings", code('f("It goes " +', '  "on.");'), ["1 goes on"]],
  ["a template", code("f(`It ${a} goes on.`);"), ["1 goes on"]],
  ["a string in a template", code('f(`${g("It goes on.")}`);'), ["1 goes on"]],
  ["a string in a sum", code('f("a" + g("It goes on."));'), ["1 goes on"]],
  ["an example", code("/** @example goes(on); // it goes on */", "f();"), []],
  ["the name of a module", code('import "nobody";'), []],
])("the rules of language, for %s", (_, [file, text], expected) => {
  expect(findingsIn(file, text).map(({ line, found }) => `${line} ${found}`)).toEqual(expected);
});
