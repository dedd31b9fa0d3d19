import ts from "typescript";

/** Constructors that make data and nothing else. */
const dataConstructors = ["BlockList", "Error", "Map", "Set", "WeakMap", "WeakSet"];

/**
 * Returns the statements of a file that do something when it is loaded, beyond declaring names and
 * making data.
 */
export function sideEffectsIn(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const statements = source.statements.filter(
    (statement) => ts.isExpressionStatement(statement) || makesObject(statement),
  );
  return statements.map((statement) => statement.getText().split("\n", 1)[0] ?? "");
}

/**
 * Whether code that runs at once, outside of functions, makes an object of a class that is not one
 * of data.
 */
function makesObject(node: ts.Node): boolean {
  if (ts.isFunctionLike(node) || (ts.isPropertyDeclaration(node) && !isStatic(node))) return false;
  if (ts.isNewExpression(node) && !dataConstructors.includes(node.expression.getText())) return true;
  return ts.forEachChild(node, (child) => makesObject(child) || undefined) ?? false;
}

function isStatic({ modifiers = [] }: { modifiers?: Iterable<ts.ModifierLike> }): boolean {
  return [...modifiers].some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);
}
