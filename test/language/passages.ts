import ts from "typescript";

/** A piece of text: a paragraph of a comment, a string, a paragraph of a page, or a table cell. */
export interface Passage {
  readonly kind: "comment" | "string" | "prose" | "cell";
  /** In one line. Code is blanked out, and `value` stands for an expression in a template. */
  readonly text: string;
  /** Returns the line of the file, from 1, where the character at an offset of `text` stands. */
  lineAt(offset: number): number;
}

interface Piece {
  readonly text: string;
  readonly line: number;
}

function passage(kind: Passage["kind"], pieces: readonly Piece[]): Passage {
  const ends: number[] = [];
  let text = "";
  for (const piece of pieces) {
    text += piece.text;
    ends.push(text.length);
  }
  const lineAt = (offset: number) =>
    (pieces[ends.findIndex((end) => offset < end)] ?? pieces[pieces.length - 1])?.line ?? 1;
  return { kind, text, lineAt };
}

/** Returns the comments and the strings of a TypeScript or JavaScript file. */
export function passagesOfCode(file: string, text: string): Passage[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
  return [...comments(source, text, lineOf), ...strings(source, lineOf)];
}

function comments(source: ts.SourceFile, text: string, lineOf: (position: number) => number): Passage[] {
  const found = new Map<number, ts.CommentRange>();
  const visit = (node: ts.Node): void => {
    const ranges = [
      ...(ts.getLeadingCommentRanges(text, node.pos) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.end) ?? []),
    ];
    // The text of a template is no place for comments.
    if (!ts.isTemplateExpression(node.parent ?? node) && node.kind !== ts.SyntaxKind.JsxText) {
      for (const range of ranges) found.set(range.pos, range);
    }
    node.getChildren(source).forEach(visit);
  };
  visit(source);
  const sorted = [...found.values()].sort((a, b) => a.pos - b.pos);
  return inGroups(sorted, lineOf).flatMap((group) => {
    const lines = group.flatMap(({ pos, end }) =>
      text
        .slice(pos, end)
        .split("\n")
        .map((line, index) => ({ text: withoutMarkers(line), line: lineOf(pos) + index })),
    );
    return paragraphs(lines, "comment");
  });
}

/** Returns line comments on neighbouring lines as one group, since they are one text. */
function inGroups(ranges: readonly ts.CommentRange[], lineOf: (position: number) => number) {
  const groups: ts.CommentRange[][] = [];
  for (const range of ranges) {
    const last = groups.at(-1)?.at(-1);
    const isNext =
      last?.kind === ts.SyntaxKind.SingleLineCommentTrivia &&
      range.kind === last.kind &&
      lineOf(range.pos) === lineOf(last.pos) + 1;
    if (isNext) groups.at(-1)?.push(range);
    else groups.push([range]);
  }
  return groups;
}

function withoutMarkers(line: string): string {
  return line.replace(/^\s*(?:\/\*\*?|\*\/|\*(?!\*)|\/\/)?\s?/, "").replace(/\s*\*\/\s*$/, "");
}

function strings(source: ts.SourceFile, lineOf: (position: number) => number): Passage[] {
  const found: Passage[] = [];
  const visit = (node: ts.Node): void => {
    if (isModuleName(node)) return;
    const pieces = piecesOf(node, lineOf);
    if (pieces.length > 0) found.push(passage("string", pieces));
    for (const child of valuesIn(node)) visit(child);
  };
  visit(source);
  return found;
}

function isModuleName(node: ts.Node): boolean {
  if (!ts.isStringLiteral(node)) return false;
  return ts.isImportDeclaration(node.parent) || ts.isExportDeclaration(node.parent);
}

function piecesOf(node: ts.Node, lineOf: (position: number) => number): Piece[] {
  if (ts.isStringLiteralLike(node)) return [{ text: node.text, line: lineOf(node.getStart()) }];
  if (ts.isTemplateExpression(node)) {
    const spans = node.templateSpans.map(({ literal }) => ({
      text: `value${literal.text}`,
      line: lineOf(literal.getStart()),
    }));
    return [{ text: node.head.text, line: lineOf(node.getStart()) }, ...spans];
  }
  if (!isSum(node)) return [];
  const [left, right] = [piecesOf(node.left, lineOf), piecesOf(node.right, lineOf)];
  if (left.length + right.length === 0) return [];
  const value = (operand: ts.Node) => [{ text: "value", line: lineOf(operand.getStart()) }];
  return [...(left.length > 0 ? left : value(node.left)), ...(right.length > 0 ? right : value(node.right))];
}

function isSum(node: ts.Node): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
}

/** Returns the nodes inside a node whose text is not yet part of its own passage. */
function valuesIn(node: ts.Node): readonly ts.Node[] {
  if (ts.isTemplateExpression(node)) return node.templateSpans.map(({ expression }) => expression);
  if (isSum(node)) {
    return [node.left, node.right].flatMap((operand) =>
      isSum(operand) || ts.isTemplateExpression(operand)
        ? valuesIn(operand)
        : ts.isStringLiteralLike(operand)
          ? []
          : [operand],
    );
  }
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  return children;
}

/** Returns the prose of a Markdown page, without its code and its quotations. */
export function passagesOfMarkdown(text: string): Passage[] {
  let isFenced = false;
  const lines = text.split("\n").map((line, index) => {
    const isFence = /^\s*(?:```|~~~)/.test(line);
    if (isFence) isFenced = !isFenced;
    return { text: isFence || isFenced || /^\s*>/.test(line) ? "" : line, line: index + 1 };
  });
  const cells = lines.filter(isRow).flatMap(cellsOf);
  const prose = lines.map((line) => (isRow(line) ? { ...line, text: "" } : line));
  return [...paragraphs(prose, "prose"), ...cells];
}

/** A list item may hold a table, whose rows are indented. */
const isRow = ({ text }: Piece) => text.trimStart().startsWith("|");

function cellsOf({ text, line }: Piece): Passage[] {
  const cells = text.split(/(?<!\\)\|/).filter((cell) => /[a-z]/i.test(cell));
  return cells.map((cell) => passage("cell", [{ text: withoutCode(cell.trim()), line }]));
}

/** Returns lines as paragraphs, which blank lines, headings, list items and tags separate. */
function paragraphs(lines: readonly Piece[], kind: Passage["kind"]): Passage[] {
  const groups: Piece[][] = [[]];
  let isExample = false;
  for (const { text, line } of lines) {
    const trimmed = text.trim();
    if (/^@/.test(trimmed)) isExample = trimmed.startsWith("@example");
    const startsNew = trimmed === "" || /^(?:[-*+] |\d+\. |#+ |@\w|\|)/.test(trimmed);
    if (startsNew) groups.push([]);
    const isCode = kind === "comment" && isExample;
    if (trimmed !== "" && !isCode) groups.at(-1)?.push({ text: `${trimmed} `, line });
  }
  return groups
    .filter((group) => group.length > 0)
    .map((group) => passage(kind, group))
    .map((whole) => ({ ...whole, text: withoutCode(whole.text) }));
}

/** Blanks out code spans and the targets of links, without a change of length. */
function withoutCode(text: string): string {
  return text
    .replace(/(`+)(?!`).+?(?<!`)\1(?!`)|\{@link [^}]*\}/g, (span) => "x".repeat(span.length))
    .replace(/\]\([^)]*\)/g, (target) => "]".padEnd(target.length));
}
