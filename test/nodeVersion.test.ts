import { refusalOf } from "../provider/nodeVersion";

const needed = "pulumi-alicloud-dnssec needs Node.js 20.19 or a later 20, or 22.12 or later";

/**
 * Versions, `process.features.require_module` there, options, and the refusal. The measurements are
 * in docs/compatibility.md.
 */
const versions: [string, boolean | undefined, string, string | undefined][] = [
  ["v18.20.8", undefined, "", `${needed}; this is 18.20.8.`],
  ["v20.18.3", undefined, "", `${needed}; this is 20.18.3.`],
  ["v20.19.0", true, "", undefined],
  ["v20.20.2", true, "", undefined],
  ["v21.7.3", undefined, "", `${needed}; this is 21.7.3.`],
  ["v22.0.0", undefined, "", `${needed}; this is 22.0.0.`],
  ["v22.11.0", false, "", `${needed}; this is 22.11.0.`],
  ["v22.11.0", true, "--experimental-require-module", undefined],
  ["v22.12.0", true, "", undefined],
  ["v23.0.0", true, "", undefined],
  ["v24.22.3", true, "", undefined],
  [
    "v24.22.3",
    false,
    "--no-experimental-require-module",
    `${needed}, without --no-experimental-require-module.`,
  ],
  ["v26.12.1", false, "--no-require-module", `${needed}, without --no-require-module.`],
  // Within Jest.
  ["v20.20.2", false, "", undefined],
];

test.each(versions)("%s, require(esm) %s, options %j: %s", (version, requireModule, option, refusal) => {
  const features = requireModule === undefined ? {} : { require_module: requireModule };
  expect(refusalOf({ version, features, execArgv: [option], env: {} })).toBe(refusal);
  expect(refusalOf({ version, features, execArgv: [], env: { NODE_OPTIONS: option } })).toBe(refusal);
});
