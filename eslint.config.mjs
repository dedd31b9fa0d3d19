import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

/**
 * Node 20 can block for ever in `export({ format: "jwk" })` of a KeyObject that `generateKeyPairSync`
 * returned: it holds the key's mutex while it allocates, and a garbage collection that frees the
 * generating job locks the same mutex. A key that is read back from DER has a mutex of its own.
 */
const generator = "/^generateKeyPair(Sync)?$/";
const generatedKeyObjects = [
  `CallExpression[callee.name=${generator}]` +
    ":not(:has(> Identifier[name='asDer'])):not(:has(SpreadElement > Identifier[name='asDer']))",
  // Calls under another name, which the first selector would miss.
  `ImportSpecifier[imported.name=${generator}]:not([local.name=${generator}])`,
  `:not(CallExpression, ImportSpecifier) > Identifier[name=${generator}]`,
  `CallExpression > Identifier[name=${generator}].arguments`,
  `Literal[value=${generator}]`,
].map((selector) => ({
  selector,
  message:
    "Import it by its name, call it with `asDer` and read the key back: Node can block for ever in " +
    "the JWK export of a generated KeyObject.",
}));

export default tseslint.config(
  { ignores: ["dist/", "**/node_modules/", "test/fixtures/"] },
  eslint.configs.recommended,
  { rules: { "no-restricted-syntax": ["error", ...generatedKeyObjects] } },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  {
    files: ["**/*.{js,mjs,cjs}"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        require: "readonly",
        module: "writable",
        __dirname: "readonly",
        Buffer: "readonly",
        setTimeout: "readonly",
        clearTimeout: "readonly",
        setInterval: "readonly",
        clearInterval: "readonly",
        fetch: "readonly",
        AbortSignal: "readonly",
        AbortController: "readonly",
        URL: "readonly",
      },
    },
  },
);
