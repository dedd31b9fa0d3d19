#!/usr/bin/env node
/**
 * `npm run bench:preview` measures what the preflight adds to a preview of 200 records of 200
 * domains, with the real Pulumi CLI. The exit code is 1 if the preview shows a wrong verdict, or
 * does not show one that it should. Times do not affect it.
 *
 *     node bench/preview.mjs [rounds] [records]
 */
import { availableParallelism, loadavg } from "node:os";
import { startEmulator } from "pulumi-alicloud-dnssec/emulator";
import { obtainPulumi } from "../.ci/pulumi-cli/obtain.mjs";
import { median, table } from "./figures.mjs";
import { Stack } from "./preview/stack.mjs";
import { answering, breakZones, mistakesIn, withSilent } from "./preview/zones.mjs";

const [rounds = 5, records = 200] = process.argv.slice(2).map(Number);

/** The others are compared with the first. */
const courses = [
  { what: 'preflight "off"', mode: "off" },
  { what: "all zones healthy", conditions: {} },
  { what: "10 zones broken", conditions: answering },
  { what: "14 broken, one silent", conditions: withSilent },
];

function program(zones) {
  const declared = zones.map((zone) => ({ domainName: zone.name, ds: zone.ds() }));
  return [
    'const { DsRecord } = require("pulumi-alicloud-dnssec");',
    `for (const args of ${JSON.stringify(declared)}) new DsRecord(args.domainName, args);`,
  ].join("\n");
}

async function previewed(stack, dns, { mode = "enforce", conditions = {} }) {
  const expectations = breakZones(dns.zones, conditions);
  dns.clearJournal();
  const { stdout, ms, cpuSeconds } = await stack.pulumi(["preview"], { ALICLOUD_DNSSEC_PREFLIGHT: mode });
  const mistakes = mode === "off" ? [] : mistakesIn(stdout, expectations);
  return { ms, cpuSeconds, questions: dns.journal.length, mistakes };
}

/** Runs the courses round by round. Every course is first in some round. */
async function measured(stack, dns) {
  const runs = courses.map((course) => ({ course, seen: [] }));
  await stack.pulumi(["stack", "init", "bench"]);
  await stack.pulumi(["preview"]); // Fills the caches of the file system.
  for (let round = 0; round < rounds; round += 1) {
    const first = round % runs.length;
    for (const { course, seen } of [...runs.slice(first), ...runs.slice(0, first)]) {
      seen.push(await previewed(stack, dns, course));
      process.stderr.write(`round ${round + 1}, ${course.what}: ${(seen.at(-1).ms / 1000).toFixed(1)} s\n`);
    }
  }
  return runs;
}

/**
 * Returns ratios within each round, since the machine had about the same other load during its
 * runs.
 */
function row({ course, seen }, { seen: base }) {
  const values = (value) => seen.map((one) => value(one));
  const ratios = (value) => seen.map((one, round) => value(one) / value(base[round]));
  const ms = (one) => one.ms;
  const cpu = (one) => one.cpuSeconds;
  return [
    course.what,
    (median(values(ms)) / 1000).toFixed(1),
    median(ratios(ms)).toFixed(2),
    `${Math.min(...ratios(ms)).toFixed(2)} to ${Math.max(...ratios(ms)).toFixed(2)}`,
    median(values(cpu)).toFixed(1),
    median(ratios(cpu)).toFixed(2),
    median(values((one) => one.questions)),
    Object.keys(course.conditions ?? {}).length,
    values((one) => one.mistakes.length).reduce((sum, count) => sum + count, 0),
  ];
}

const head = [
  "Preview",
  "s",
  "ratio",
  "from, to",
  "CPU s",
  "CPU ratio",
  "questions",
  "not secure",
  "mistakes",
];

function show(runs, cli) {
  const rows = runs.map((run) => row(run, runs[0]));
  const machine = `Node.js ${process.version}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`;
  console.log(
    `${records} records of ${records} domains, ${rounds} rounds, medians; CLI ${cli}, ${machine}.\n`,
  );
  console.log(table(head, rows));
  const mistakes = runs.flatMap(({ seen }) => seen.flatMap((one) => one.mistakes));
  for (const mistake of mistakes) console.log(mistake);
  return mistakes.length === 0;
}

async function bench({ bin: cliDirectory, version }) {
  const domains = Array.from({ length: records }, (_, index) => `record-${index + 1}.com`);
  const emulator = await startEmulator({ domains, dns: { zones: domains.map((name) => ({ name })) } });
  const { dns, env } = emulator;
  const stack = new Stack({ cliDirectory, program: program(dns.zones), env });
  const leave = () => void stack.clear().finally(() => process.exit(1));
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.once(signal, leave);
  try {
    return show(await measured(stack, dns), version);
  } finally {
    await stack.clear();
    await emulator.close();
  }
}

if (!(await bench(await obtainPulumi()))) process.exitCode = 1;
