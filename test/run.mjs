import path from "node:path";
import { complaint } from "../.ci/nodeVersion.mjs";
import { obtainPulumi } from "../.ci/pulumi-cli/obtain.mjs";
import { runJest } from "./run/jest.mjs";
import { runLimited } from "./run/limitedCommand.mjs";
import { Tally } from "./run/tally.mjs";

const root = path.dirname(import.meta.dirname);
const minutes = 60_000;
const tally = new Tally();

const tool = (name) => path.join(root, "node_modules", ".bin", name);

const build = { heading: "build", commands: [["tsc", "-p", "tsconfig.build.json"]] };
const checks = [
  { heading: "lint", commands: [["eslint", "."]] },
  { heading: "format", commands: [["prettier", "--check", "--log-level", "warn", "."]] },
  {
    heading: "types",
    commands: [
      ["tsc", "--noEmit"],
      ["tsc", "--noEmit", "-p", "test"],
    ],
  },
];

/**
 * Projects that run at once share the cores: a long file of one runs beside those of the others.
 * Jest leaves one core free unless told. Topologies come first, since their waits leave time for a
 * build of the CLI. A run that takes longer than its limit is killed and fails.
 */
const testRuns = [
  { projects: ["topologies"], options: ["--maxWorkers=2"], limitMs: 15 * minutes },
  {
    projects: ["unit", "tools", "commands", "contract"],
    options: ["--maxWorkers=100%"],
    limitMs: 15 * minutes,
  },
  { projects: ["reliability", "fuzz", "secrets"], options: ["--maxWorkers=100%"], limitMs: 20 * minutes },
];

/** The CLI mostly waits, so two files run at once, and two tests of a file that allows it. */
const testRunsWithCli = [
  {
    projects: ["endToEnd", "crash"],
    options: ["--maxWorkers=2", "--maxConcurrency=2"],
    limitMs: 35 * minutes,
  },
];

function secondsSince(startedAt) {
  return Math.round((Date.now() - startedAt) / 1000);
}

function print(heading) {
  console.log(`\n=== ${heading}`);
}

async function check({ heading, commands }) {
  let seconds = 0;
  let output = "";
  let passed = true;
  // Every command runs, so that one run shows everything there is to fix.
  for (const [name, ...args] of commands) {
    const run = await runLimited([tool(name), ...args], {
      cwd: root,
      env: process.env,
      limit: AbortSignal.timeout(10 * minutes),
      mark: `TEST_RUN=${process.pid}-${heading}`,
      quiet: true,
    });
    seconds += run.seconds;
    output += run.timedOut ? `${run.output}${name} was killed after ${run.seconds} s\n` : run.output;
    passed &&= run.succeeded;
  }
  print(heading);
  process.stdout.write(output);
  tally.took(heading, seconds);
  if (passed) tally.pass();
  else tally.fail(`${heading} failed`);
  return passed;
}

async function test({ projects, options = [], limitMs }, environment = process.env) {
  // A missing tool fails the tests that need it.
  const env = { ...environment, REQUIRE_TOOLS: "1" };
  const name = projects.join(", ");
  print(`${name} tests`);
  const limit = AbortSignal.timeout(limitMs);
  tally.addJest(name, await runJest(projects, { root, jest: tool("jest"), options, env, limit }));
}

/** Gets the CLI while tests run that need none: a build from Go modules takes minutes. */
function prepareCli() {
  return runLimited([process.execPath, path.join(root, ".ci/pulumi-cli/obtain.mjs")], {
    cwd: root,
    env: process.env,
    limit: AbortSignal.timeout(30 * minutes),
    mark: `TEST_RUN=${process.pid}-cli`,
    quiet: true,
    lowPriority: true,
  });
}

async function testWithCli(preparation) {
  print("the Pulumi CLI");
  const startedAt = Date.now();
  const { succeeded, timedOut, output } = await preparation;
  tally.took("waiting for the CLI", secondsSince(startedAt));
  process.stdout.write(output);
  if (timedOut) console.log("Getting the Pulumi CLI took too long.");
  if (!succeeded) {
    for (const { projects } of testRunsWithCli) {
      tally.fail(`${projects.join(", ")}: not run, there is no Pulumi CLI`);
    }
    return;
  }
  const { bin, version, source } = await obtainPulumi({ log: console.log });
  console.log(`${version} (${source})`);
  for (const run of testRunsWithCli) await test(run, { ...process.env, PULUMI_CLI_DIR: bin });
}

async function runAll() {
  const wrongNode = complaint();
  if (wrongNode !== undefined) {
    tally.fail(wrongNode);
    return;
  }
  if (!(await check(build))) {
    tally.notes.push("everything else: not run, because it needs the build");
    return;
  }
  const preparation = prepareCli();
  await Promise.all(checks.map(check));
  for (const run of testRuns) await test(run);
  await testWithCli(preparation);
}

const startedAt = Date.now();
try {
  await runAll();
} catch (error) {
  console.error(error);
  tally.fail("the test run itself broke off");
}
tally.took("all", secondsSince(startedAt));
print("summary");
const summary = tally.summary({ skippedCountAsFailed: Boolean(process.env.CI) });
for (const line of summary) console.log(line);
// A process that is left behind must not hold this one.
process.exit(tally.failed === 0 ? 0 : 1);
