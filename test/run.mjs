import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { complaint } from "../.ci/nodeVersion.mjs";
import { obtainPulumi } from "../.ci/pulumi-cli/obtain.mjs";

const root = path.dirname(import.meta.dirname);
const inCi = Boolean(process.env.CI);
const total = { passed: 0, failed: 0, skipped: [], notes: [] };

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

function fail(note, count = 1) {
  total.failed += count;
  total.notes.push(note);
}

function print(heading) {
  console.log(`\n=== ${heading}`);
}

function runTool([tool, ...args], env = process.env) {
  const file = path.join(root, "node_modules", ".bin", tool);
  const { status, error } = spawnSync(file, args, { cwd: root, env, stdio: "inherit" });
  if (error) console.error(`${tool} does not start: ${error.message}`);
  return status === 0;
}

function check({ heading, commands }) {
  print(heading);
  // Every command runs, so that one run shows all there is to mend.
  const passed = commands.map((command) => runTool(command)).every(Boolean);
  if (passed) total.passed += 1;
  else fail(`${heading} failed`);
  return passed;
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function skippedTests(report) {
  return report.testResults
    .flatMap((suite) => suite.assertionResults)
    .filter(({ status }) => !["passed", "failed"].includes(status))
    .map(({ fullName }) => fullName);
}

function count(project, report, exitedCleanly) {
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  total.passed += report.numPassedTests;
  total.skipped.push(...skippedTests(report).map((name) => `${project}: ${name}`));
  if (failed > 0) fail(`${project}: ${failed} failed`, failed);
  else if (report.numPassedTests === 0) fail(`${project}: no test ran`);
  else if (!exitedCleanly) fail(`${project}: Jest failed although no test did`);
}

/**
 * Jest leaves a core free by itself: of two, one. The CLI's commands are waits more than work: two at a time, however many cores
 * there are.
 */
const workers = {
  reliability: ["--maxWorkers=100%"],
  endToEnd: ["--maxWorkers=2"],
  crash: ["--runInBand", "--maxConcurrency=2"],
};

/** Several projects at once share the cores: a long file of one runs beside those of the others. */
function run(projects, env = process.env) {
  const name = projects.join(", ");
  print(`${name} tests`);
  const directory = mkdtempSync(path.join(tmpdir(), "jest-report-"));
  try {
    const file = path.join(directory, "report.json");
    const options = [
      "--selectProjects",
      ...projects,
      ...projects.flatMap((project) => workers[project] ?? []),
      "--json",
      "--outputFile",
      file,
    ];
    const exitedCleanly = runTool(["jest", "--ci", ...options], env);
    const report = readReport(file);
    if (report) count(name, report, exitedCleanly);
    else fail(`${name}: Jest left no report`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runWithCli(projects) {
  print("the Pulumi CLI");
  try {
    const { bin, version, source } = await obtainPulumi({ log: console.log });
    console.log(`${version} (${source})`);
    for (const project of projects) run([project], { ...process.env, PULUMI_CLI_DIR: bin });
  } catch (error) {
    console.error(error.message);
    for (const project of projects) fail(`${project}: not run, there is no Pulumi CLI`);
  }
}

function summarise() {
  print("summary");
  for (const name of total.skipped) console.log(`skipped: ${name}`);
  if (inCi && total.skipped.length > 0) {
    fail(`${total.skipped.length} skipped, which counts as failed where CI is set`, total.skipped.length);
  }
  for (const note of total.notes) console.log(note);
  const skipped = !inCi && total.skipped.length > 0 ? `, ${total.skipped.length} skipped` : "";
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

async function runAll() {
  const wrongNode = complaint();
  if (wrongNode !== undefined) {
    fail(wrongNode);
    return;
  }
  if (!check({ heading: "build", commands: [["tsc", "-p", "tsconfig.build.json"]] })) {
    total.notes.push("everything else: not run, because it needs the build");
    return;
  }
  checks.forEach(check);
  run(["unit"]);
  run(["topologies"]);
  run(["reliability", "fuzz", "secrets"]);
  run(["contract"]);
  await runWithCli(["endToEnd", "crash"]);
}

try {
  await runAll();
} catch (error) {
  console.error(error);
  fail("the test run itself broke off");
}
summarise();
