"use strict";

// Jest on Node 20 cannot require ES modules, so p-retry and its one dependency are compiled like
// our own code.
const transformedPackages = ["p-retry", "is-network-error"];

const common = {
  testEnvironment: "node",
  transform: {
    "^.+\\.(ts|js)$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${transformedPackages.join("|")})/)`, "/dist/"],
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
};

/** Folders with a project of their own. */
const folders = ["reliability", "fuzz", "secrets", "topologies", "contract", "endToEnd", "crash"];

/** Endings of files that run commands: those of BIND, unbound and OpenSSL, and others. */
const endings = ["tools", "commands"];

const below = (folder) => `<rootDir>/test/${folder}/`;

/**
 * `unit` is the fast loop: it starts no process. `tools` runs BIND, unbound and OpenSSL, `commands`
 * runs Node.js, npm and ESLint. `contract`, `endToEnd` and `crash` run the built package in
 * Pulumi's own processes.
 */
module.exports = {
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: [...folders.map(below), `\\.(${endings.join("|")})\\.test\\.ts$`],
    },
    ...endings.map((ending) => ({
      ...common,
      displayName: ending,
      testMatch: [`<rootDir>/test/**/*.${ending}.test.ts`],
      testPathIgnorePatterns: folders.map(below),
    })),
    ...folders.map((folder) => ({
      ...common,
      displayName: folder,
      testMatch: [`${below(folder)}**/*.test.ts`],
      testPathIgnorePatterns: [],
    })),
  ],
};
