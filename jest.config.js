"use strict";

// Jest on Node 20 cannot require ES modules, so p-retry and its one dependency are compiled like our own code.
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

/** Three layers: `unit` is the fast loop; `contract`, `endToEnd` and `crash` run the built package in Pulumi's own processes. */
module.exports = {
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: [
        "contract",
        "crash",
        "endToEnd",
        "fuzz",
        "reliability",
        "secrets",
        "topologies",
      ].map((name) => `<rootDir>/test/${name}/`),
    },
    { ...common, displayName: "reliability", testMatch: ["<rootDir>/test/reliability/**/*.test.ts"] },
    { ...common, displayName: "fuzz", testMatch: ["<rootDir>/test/fuzz/**/*.test.ts"] },
    { ...common, displayName: "secrets", testMatch: ["<rootDir>/test/secrets/**/*.test.ts"] },
    { ...common, displayName: "topologies", testMatch: ["<rootDir>/test/topologies/**/*.test.ts"] },
    { ...common, displayName: "contract", testMatch: ["<rootDir>/test/contract/**/*.test.ts"] },
    { ...common, displayName: "endToEnd", testMatch: ["<rootDir>/test/endToEnd/**/*.test.ts"] },
    { ...common, displayName: "crash", testMatch: ["<rootDir>/test/crash/**/*.test.ts"] },
  ],
};
