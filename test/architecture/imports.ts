import ts from "typescript";

/** One file's reference to another file or to a package. */
export interface Import {
  /** Relative to the repository. */
  readonly from: string;
  /** The name as written: relative, or a package or a part of one. */
  readonly specifier: string;
  /** Whether it is gone after compilation. */
  readonly isType: boolean;
  /** `export * from`. */
  readonly isStar: boolean;
}

/**
 * What a source file imports, in whatever way: declarations, `import()`, `require`, types. A string
 * that is the name of one of `packages`, or of a part of it, counts too, since modules can be
 * loaded by functions of any name.
 */
export function importsOf(from: string, text: string, packages: readonly string[]): Import[] {
  const source = ts.createSourceFile(from, text, ts.ScriptTarget.Latest);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const reference = declared(node) ?? called(node) ?? named(node, packages);
    if (reference) found.push({ from, isType: false, isStar: false, ...reference });
    else ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

type Reference = Pick<Import, "specifier"> & Partial<Import>;

function declared(node: ts.Node): Reference | undefined {
  if (ts.isImportDeclaration(node)) {
    return { specifier: textOf(node.moduleSpecifier), isType: isTypeClause(node.importClause) };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    const elements =
      node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : [];
    const isType = node.isTypeOnly || areTypes(elements);
    return { specifier: textOf(node.moduleSpecifier), isType, isStar: elements.length === 0 };
  }
  if (ts.isExternalModuleReference(node)) return { specifier: textOf(node.expression) };
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: textOf(node.argument.literal), isType: true };
  }
  return undefined;
}

function called(node: ts.Node): Reference | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const [argument] = node.arguments;
  if (argument === undefined || !ts.isStringLiteralLike(argument)) return undefined;
  const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === "require";
  return isImport || isRequire ? { specifier: argument.text } : undefined;
}

function named(node: ts.Node, packages: readonly string[]): Reference | undefined {
  if (!ts.isStringLiteralLike(node)) return undefined;
  const isPackage = packages.some((name) => node.text === name || node.text.startsWith(`${name}/`));
  return isPackage ? { specifier: node.text } : undefined;
}

function isTypeClause(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const bindings = clause.namedBindings;
  return (
    clause.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    areTypes(bindings.elements)
  );
}

function areTypes(elements: readonly { readonly isTypeOnly: boolean }[]): boolean {
  return elements.length > 0 && elements.every(({ isTypeOnly }) => isTypeOnly);
}

function textOf(node: ts.Node): string {
  return ts.isStringLiteralLike(node) ? node.text : "(computed)";
}
