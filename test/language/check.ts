import { phrases } from "./phrases";
import { passagesOfCode, passagesOfMarkdown, type Passage } from "./passages";

/** A place in a file that the rules of language refuse. */
export interface Finding {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The words as they stand there. */
  readonly found: string;
  readonly better: string;
}

/** A phrase that stays in a file, with the reason. */
export interface Exemption {
  readonly file: string;
  readonly found: string;
  readonly reason: string;
}

/** The longest line of a comment or of Markdown, in characters. */
const maxColumns = 100;

/** A word of this length cannot be wrapped: an address, a key, a digest. */
const unbreakable = /\S{40,}/;

const patterns = phrases.map(({ pattern, better }) => ({
  expression: new RegExp(`\\b(?:${pattern.replaceAll(/ (?!\[)/g, "\\s+")})(?!\\w)`, "gi"),
  better,
}));

/** Returns everything in a file that the rules of language refuse, in the order of its lines. */
export function findingsIn(file: string, text: string): Finding[] {
  const isMarkdown = file.endsWith(".md");
  const passages = isMarkdown ? passagesOfMarkdown(text) : passagesOfCode(file, text);
  const findings = [
    ...passages.flatMap(phrasesIn),
    ...passages.flatMap(colonsIn),
    ...(isMarkdown ? longLinesOfMarkdown(text) : longComments(text, passages)),
  ];
  return findings.map((finding) => ({ file, ...finding })).sort((a, b) => a.line - b.line);
}

type Place = Omit<Finding, "file">;

function phrasesIn({ text, lineAt }: Passage): Place[] {
  return patterns.flatMap(({ expression, better }) =>
    [...text.matchAll(expression)].map(({ 0: found, index }) => ({ line: lineAt(index), found, better })),
  );
}

/** Strings are left out, since a message joins texts that have colons of their own. */
function colonsIn({ kind, text, lineAt }: Passage): Place[] {
  if (kind === "string") return [];
  const bare = text.replace(label, blank).replace(/"[^"]*"|\([^)]*\)|\{[^}]*\}/g, blank);
  return [...bare.matchAll(/: [^.!?;…]*?[^.!?;…]: /g)].map(({ 0: found, index }) => ({
    line: lineAt(index),
    found: text.slice(text.lastIndexOf(" ", index) + 1, index + found.length - 1),
    better: "one colon a sentence",
  }));
}

/** A list item may begin with a label, such as "What to do:". */
const label = /^[-*] (?:\*\*)?(?:[\w'-]+ ?){1,4}(?:\*\*)?:/;

const blank = (text: string) => "x".repeat(text.length);

function longLinesOfMarkdown(text: string): Place[] {
  let isFenced = false;
  return text.split("\n").flatMap((line, index) => {
    if (/^\s*(?:```|~~~)/.test(line)) isFenced = !isFenced;
    return isFenced || line.trimStart().startsWith("|") ? [] : tooLong(line, index + 1);
  });
}

function longComments(text: string, passages: readonly Passage[]): Place[] {
  const lines = text.split("\n");
  const commented = passages
    .filter(({ kind }) => kind === "comment")
    .flatMap(({ text: comment, lineAt }) => Array.from(comment, (_, offset) => lineAt(offset)));
  return [...new Set(commented)].flatMap((line) => tooLong(lines[line - 1] ?? "", line));
}

function tooLong(line: string, number: number): Place[] {
  if (line.length <= maxColumns || unbreakable.test(line)) return [];
  return [{ line: number, found: `${line.length} columns`, better: `at most ${maxColumns} columns` }];
}
