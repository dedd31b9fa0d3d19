#!/usr/bin/env node
/**
 * `npm run bench:round-trips` measures how often the preflight of one record waits for a server.
 * Every answer of the emulator's servers is late by the same time, and the preflight's duration is
 * divided by it. It also counts the questions.
 *
 *     node bench/roundTrips.mjs [rounds] [delay in ms]
 */
import { availableParallelism, loadavg } from "node:os";
import { median, table } from "./figures.mjs";
import { Registrar } from "./roundTrips/registrar.mjs";

const [rounds = 7, delayMs = 200] = process.argv.slice(2).map(Number);

/** `measure` returns the duration in ms and the questions of a preflight. `zone` sets it up. */
const courses = [
  { what: "`checkDelegation`", measure: (registrar, domain) => registrar.check(domain) },
  { what: "in a preview", measure: (registrar, domain) => registrar.preview(domain) },
  { what: "create", measure: (registrar, domain) => registrar.create(domain) },
  { what: "update", measure: (registrar, domain) => registrar.update(domain) },
  { what: "delete", measure: (registrar, domain) => registrar.remove(domain) },
  {
    what: "create, four name servers",
    zone: { servers: [{}, {}, {}, {}] },
    measure: (registrar, domain) => registrar.create(domain),
  },
  {
    what: "create, answers that take TCP",
    zone: { condition: "truncated" },
    measure: (registrar, domain) => registrar.create(domain),
  },
  { what: "servers not known yet", measure: (registrar, domain) => registrar.find(domain) },
  { what: "known from the time before", measure: (registrar, domain) => registrar.find(domain, 2) },
];

/** Runs round by round, with a domain for every measurement. */
async function measure(registrar) {
  const runs = courses.map((course) => ({ course, seen: [] }));
  for (let round = 1; round <= rounds; round += 1) {
    for (const [index, { course, seen }] of runs.entries()) {
      const domain = `round-${round}-${index}.com`;
      await registrar.add(domain, course.zone);
      seen.push(await course.measure(registrar, domain));
    }
  }
  return runs;
}

function row({ course, seen }) {
  const times = seen.map(({ ms }) => ms);
  const questions = [...new Set(seen.map((one) => one.questions))].join(" or ");
  const trips = (ms) => (ms / delayMs).toFixed(2);
  return [course.what, questions, Math.round(median(times)), trips(median(times)), trips(Math.max(...times))];
}

const head = ["Preflight of one healthy record", "questions", "ms, median", "round trips", "at most"];

const registrar = await Registrar.start(delayMs);
try {
  const runs = await measure(registrar);
  const machine = `Node.js ${process.version}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`;
  console.log(`${rounds} rounds, every answer ${delayMs} ms late; ${machine}.\n`);
  console.log(table(head, runs.map(row)));
} finally {
  await registrar.close();
}
