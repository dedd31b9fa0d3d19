#!/usr/bin/env node
/**
 * `npm run bench:hostile`: what servers of the DNS can make this package do, and how much later domains are judged in the
 * same process that have nothing to do with them. Each attack runs in a process of its own.
 *
 *     node bench/hostile.mjs [folder of another version's dist [attack]]
 */
import { fork } from "node:child_process";
import { availableParallelism, loadavg } from "node:os";
import path from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { fileURLToPath, pathToFileURL } from "node:url";
import { startEmulator } from "pulumi-alicloud-dnssec/emulator";
import { median, table } from "./figures.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.resolve(process.argv[2] ?? path.join(here, "../dist"));
const load = (file) => import(pathToFileURL(path.join(dist, file)).href);
const { checkDelegation } = (await load("provider/index.js")).default;
const provider = (await load("provider/provider.js")).default;
const { systemDelegations } = (await load("provider/preflight/delegations.js")).default;
const { PreviewedDelegations } = (await load("provider/preflight/previewVerdicts.js")).default;
const { previewMessage } = (await load("provider/dynamic/program/previewMessage.js")).default;
const { dsFromDnskey, parseDnskeyRecord } = (await load("provider/dnssec/dnskey.js")).default;

/** Milliseconds by which answers to questions about innocent domains are late: a network. */
const answerDelayMs = 200;
const innocents = 4;

const emulator = await startEmulator({
  domains: ["hostile.com"],
  taskDurationMs: 10,
  dns: { answerDelayMs },
});
const settings = { ALICLOUD_DNSSEC_PREFLIGHT: "enforce", ALICLOUD_DNSSEC_KEY_WAIT: "0s" };
Object.assign(process.env, emulator.env, settings);
delete process.env.ALICLOUD_DNSSEC_NAME_SERVERS;
const { dns } = emulator;
await dns.addZone({ name: "hostile.com" });

async function attackers(attack, servers) {
  const child = fork(path.join(here, "hostile/attacker.mjs"), [attack, String(servers)]);
  const told = await new Promise((resolve) => child.once("message", resolve));
  return { ...told, stop: () => child.disconnect() };
}

let count = 0;

/** Domains that have nothing to do with the attack. Their zones are signed before anything is measured. */
async function innocentNames(total) {
  const names = Array.from({ length: total }, () => `innocent-${(count += 1)}.com`);
  for (const name of names) {
    emulator.addDomain(name);
    await dns.addZone({ name });
  }
  return names;
}

/** When the registrar got the task of an `up`: its end is a matter of polling. */
const submittedAt = (domain) =>
  emulator.calls(
    ({ action, params }) => action === "SaveSingleTaskForAddingDSRecord" && params.DomainName === domain,
  )[0]?.at;

/** An operation on some innocent domains at a time, for so many rounds, or until the attack is over. */
async function innocentTimes(operation, names, goesOn) {
  const times = [];
  const run = async (name) => {
    const servers = { nameServers: dns.servers(name), parentNameServers: dns.parentServers };
    const startedAt = Date.now();
    await operation({ domainName: name, ds: [dns.zone(name).dsRecord()], servers });
    times.push((submittedAt(name) ?? Date.now()) - startedAt);
  };
  for (let round = 0; goesOn(round) && names.length > 0; round += 1) {
    await Promise.all(names.splice(0, innocents).map(run));
  }
  return times;
}

const check = async ({ domainName, ds, servers }) => {
  const { status, reasons, warnings } = await checkDelegation({ domainName, ds, ...servers });
  return `${status}: ${[...reasons, ...warnings].map(({ message }) => message).join("; ")}`;
};

/** As many records as there are, each with what the preview prints of it. */
const preview = async ({ domainName, ds, servers }) => {
  const previewed = new PreviewedDelegations(systemDelegations());
  const declared = await Promise.all(
    ds.map(async (one) => ({
      ds: one,
      verdict: await previewed.verdictOn({ domainName, ds: one, servers }),
    })),
  );
  const said = declared.map((one) =>
    previewMessage({ domainName, mode: "enforce", areSomeUnknown: false, ...one }),
  );
  return said.map((one) => one?.text ?? "").join("\n");
};

const up = async ({ domainName, ds: [ds], servers }) => {
  const { inputs } = await provider.check({}, { domainName, ...ds, ...servers });
  try {
    await provider.create(inputs);
    return "";
  } catch (error) {
    return error.message;
  }
};

const operations = [
  { what: "`checkDelegation`", operation: check, limitMs: 5_000 },
  { what: "preview", operation: preview, limitMs: 3_500 },
  { what: "`up`", operation: up, limitMs: 5_000 },
];

const attacks = [
  { what: "flood, 1 server", attack: "flood", servers: 1 },
  { what: "flood, 32 servers", attack: "flood", servers: 32 },
  { what: "many signatures, 32 servers", attack: "keyTrap", servers: 32 },
  { what: "1,000 DS, 32 parent servers", attack: "manyDs", servers: 32, of: ["preview"] },
];

function hostileDomain({ attack }, { servers, keys }) {
  const own = dns.zone("hostile.com").dsRecord();
  const lists = { nameServers: dns.servers("hostile.com"), parentNameServers: dns.parentServers };
  if (attack === "manyDs") {
    const ds = [1, 2].map((bit) => ({ ...own, keyTag: own.keyTag ^ bit }));
    return { domainName: "hostile.com", ds, servers: { ...lists, parentNameServers: servers } };
  }
  const named = keys.map((text) => dsFromDnskey("hostile.com", parseDnskeyRecord(text).dnskey, 2));
  return {
    domainName: "hostile.com",
    ds: attack === "keyTrap" ? named : [own],
    servers: { ...lists, nameServers: servers },
  };
}

async function measured(attack, { operation }) {
  const hostile = await attackers(attack.attack, attack.servers);
  const domain = hostileDomain(attack, hostile);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const names = await innocentNames(35 * innocents);
  await innocentTimes(operation, names, (round) => round < 1);
  const base = await innocentTimes(operation, names, (round) => round < 7);
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  let isOver = false;
  delay.enable();
  const attacked = operation(domain).then((said) => {
    isOver = true;
    return { said, ms: performance.now() - startedAt };
  });
  const beside = await innocentTimes(operation, names, (round) => round < 1 || !isOver);
  const { said, ms } = await attacked;
  delay.disable();
  hostile.stop();
  const { user, system } = process.cpuUsage(cpu);
  return { said, ms, base, beside, blockMs: delay.max / 1e6, cpuMs: (user + system) / 1000 };
}

function row(attack, { what, limitMs }, { said, ms, base, beside, blockMs, cpuMs }) {
  const seconds = (value) => (value / 1000).toFixed(1);
  const ratio = (of) => (of(beside) / of(base)).toFixed(2);
  const mostly = (times) => [...times].sort((a, b) => a - b)[Math.floor(0.9 * (times.length - 1))];
  return [
    `${attack.what}: ${what}`,
    seconds(limitMs),
    seconds(ms),
    seconds(cpuMs),
    Math.round(blockMs),
    said.length,
    ratio(median),
    ratio(mostly),
  ];
}

const head = [
  "Attack: operation",
  "limit, s",
  "took, s",
  "CPU s",
  "longest block, ms",
  "characters",
  "innocent, median",
  "90 %",
];

try {
  const rows = [];
  for (const attack of attacks.filter(({ attack: name }) => name === (process.argv[3] ?? name))) {
    for (const operation of operations.filter(({ what }) => attack.of?.includes(what) ?? true)) {
      rows.push(row(attack, operation, await measured(attack, operation)));
      process.stderr.write(`${rows.at(-1).join(" | ")}\n`);
    }
  }
  const machine = `Node.js ${process.version}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`;
  console.log(`${innocents} innocent domains beside each attack; ${machine}.\n`);
  console.log(table(head, rows));
} finally {
  await emulator.close();
}
