import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { formatDs, type Ds } from "../../provider/dnssec/ds";
import { closedFront, startFront } from "./front";
import { KeyRing } from "./keys";
import { Lanes } from "./lanes";
import type { Listener } from "./listener";
import { childZone, digServer, parentZone, parentZoneStatement, startNamed, update } from "./named";
import type { ServerRecipe, Topology, ZoneRecipe } from "./recipe";
import type { Bind } from "../harness/bind";
import { runTool } from "../harness/tools";
import { Validators, type Asked, type Opinion } from "../harness/validators";
import type { Verdicts } from "./verdicts";
import { ofAll, worst } from "./worst";
import { dnskeySignature, dsSet, keysOf, writeZone, type Keys } from "./zones";

/** A topology in the bed: its domain, its DS records, and its servers. */
export interface Standing {
  readonly topology: Topology;
  readonly domain: string;
  readonly ds: readonly Ds[];
  /** Ports of its servers and of the parent's, at 127.0.0.1. */
  readonly ports: readonly number[];
  readonly parentPort: number;
}

/**
 * Starts all topologies at once: one `named` with the parent and the first version of each child,
 * another with the other versions, and oddly behaving servers in front of them.
 */
export interface Bed {
  readonly standing: readonly Standing[];
  /**
   * Replaces the DS set in the parent, and asks both validators at each server. The worst counts.
   */
  verdictsOf(standing: Standing, ds: readonly Ds[]): Promise<Verdicts>;
  close(): Promise<void>;
}

/** Maximum number of questions and updates at one time. */
const lanes = 4;

export async function startBed(topologies: readonly Topology[]): Promise<Bed> {
  const directory = mkdtempSync(path.join(tmpdir(), "topologies-"));
  const running: (() => Promise<void>)[] = [
    () => Promise.resolve(rmSync(directory, { recursive: true, force: true })),
  ];
  const queue = new Lanes(lanes);
  const close = async () => {
    await queue.end();
    while (running.length > 0) await running.pop()?.();
  };
  try {
    return { ...(await build(topologies, directory, queue, running)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function build(
  topologies: readonly Topology[],
  directory: string,
  queue: Lanes,
  running: (() => Promise<void>)[],
): Promise<Omit<Bed, "close">> {
  const ring = new KeyRing();
  const now = Date.now();
  const folders = ["here", "elsewhere"].map((name) => path.join(directory, name)) as [string, string];
  for (const folder of folders) mkdirSync(folder);
  const [here, elsewhere] = folders;

  const made = await allEnded(
    topologies.map((topology) => queue.run(() => make(topology, here, elsewhere, ring, now))),
  );
  const parentFile = path.join(here, "parent");
  writeFileSync(parentFile, parentText(made));
  const start = async (folder: string, zones: readonly string[]): Promise<Bind> => {
    const named = await startNamed(folder, zones);
    running.push(named.stop);
    return named;
  };
  const starting = [
    start(here, [parentZoneStatement(parentFile), ...made.flatMap((child) => child.here)]),
    start(
      elsewhere,
      made.flatMap((child) => child.elsewhere),
    ),
  ] as const;
  await Promise.allSettled(starting);
  const [primary, other] = await Promise.all(starting);
  const standing = await allEnded(
    made.map(async (child): Promise<Standing> => {
      const { topology, domain, ds } = child;
      const fronts = await startFronts(child, primary.port, other.port, now);
      running.push(async () => void (await Promise.all(fronts.map((front) => front.close()))));
      return { topology, domain, ds, ports: fronts.map(({ port }) => port), parentPort: primary.port };
    }),
  );
  const dnskey = await signedParent(primary.port, made);
  const anchor = `${parentZone}. 5 IN DNSKEY ${dnskey}`;
  const validators = new Validators(directory, anchor, ["outbound-msg-retry: 2"]);
  return { standing, verdictsOf: asker(validators, primary.port, queue) };
}

/** Like Promise.all, but waits for all others when one fails. */
async function allEnded<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

interface Made {
  readonly topology: Topology;
  readonly domain: string;
  readonly ds: readonly Ds[];
  readonly keys: Keys;
  /** The zone statements of the two servers. */
  readonly here: readonly string[];
  readonly elsewhere: readonly string[];
}

async function make(
  topology: Topology,
  here: string,
  elsewhere: string,
  ring: KeyRing,
  now: number,
): Promise<Made> {
  const domain = `${topology.name}.${parentZone}`;
  const written = `${topology.written ?? topology.name}.${parentZone}`;
  const keys = await keysOf(topology.zone, ring);
  const write = async (folder: string, zone: ZoneRecipe, zoneKeys: Keys): Promise<string> => {
    const file = path.join(folder, topology.name);
    await writeZone(file, written, zone, zoneKeys, now);
    return childZone(written, file);
  };
  const [otherZone, ...more] = (topology.servers ?? []).flatMap(({ zone }) => zone ?? []);
  if (more.length > 0) throw new Error(`${topology.name}: only one server can have another zone`);
  return {
    topology,
    domain,
    ds: dsSet(topology.ds, domain, keys),
    keys,
    here: topology.undelegated ? [] : [await write(here, topology.zone, keys)],
    elsewhere: otherZone ? [await write(elsewhere, otherZone, await keysOf(otherZone, ring))] : [],
  };
}

function parentText(made: readonly Made[]): string {
  const delegations = made
    .filter(({ topology }) => !topology.undelegated)
    .flatMap(({ topology, ds }) => {
      const name = topology.written ?? topology.name;
      return [
        `${name} NS ns.${name}`,
        `ns.${name} A 127.0.0.1`,
        ...ds.map((record) => `${name} DS ${formatDs(record)}`),
      ];
    });
  const apex = [
    `$ORIGIN ${parentZone}.`,
    "$TTL 5",
    "@ SOA ns host 1 3600 600 86400 1",
    "@ NS ns",
    "ns A 127.0.0.1",
  ];
  return `${[...apex, ...delegations].join("\n")}\n`;
}

/**
 * Delv asks a server of the child, so each needs the parent too. All but the first `named` get a
 * front.
 */
function startFronts(
  { topology: { servers = [{}] }, domain, keys }: Made,
  primary: number,
  other: number,
  now: number,
): Promise<Listener[]> {
  const start = async ({ does, about, zone, forges: recipe }: ServerRecipe): Promise<Listener> => {
    if (does === "closed") return closedFront();
    if (does === undefined && zone === undefined && recipe === undefined) return bare(primary);
    const forges = recipe && dnskeySignature(domain, keys, recipe, now);
    const childPort = zone ? other : primary;
    return startFront({
      child: domain,
      does,
      about,
      forges,
      childPort,
      parentPort: primary,
    });
  };
  return Promise.all(servers.map(start));
}

/** Returns a server that another closes. */
function bare(port: number): Listener {
  return { port, close: () => Promise.resolve() };
}

/** Waits until the parent has signed all its delegations, and returns its DNSKEY. */
async function signedParent(port: number, made: readonly Made[]): Promise<string> {
  const deadline = Date.now() + 20_000;
  const last =
    made.findLast(({ ds, topology }) => ds.length > 0 && !topology.undelegated)?.domain ?? parentZone;
  const isSigned = async (name: string, type: string) => {
    const { output } = await runTool("dig", [...digServer(port), name, type, "+dnssec", "+short"]);
    return output.includes(`${type} 13 `);
  };
  for (;;) {
    const signed = await Promise.all([
      isSigned(last, "DS"),
      isSigned(parentZone, "SOA"),
      isSigned(parentZone, "NSEC"),
    ]);
    if (!signed.includes(false)) break;
    if (Date.now() > deadline) throw new Error("named has not signed the parent zone");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { output } = await runTool("dig", [...digServer(port), parentZone, "DNSKEY", "+short"]);
  return output.trim();
}

const local = (port: number) => `127.0.0.1:${port}`;

function asker(validators: Validators, primary: number, queue: Lanes): Bed["verdictsOf"] {
  const published = new Map<string, string>();
  const known = new Map<string, Promise<Verdicts>>();
  const turns = new Map<string, Promise<unknown>>();

  const publish = async ({ domain, ds, topology }: Standing, wanted: readonly Ds[]): Promise<void> => {
    const name = `${domain}.`;
    const rows = wanted.map((record) => `update add ${name} 5 DS ${formatDs(record)}`);
    if ((published.get(domain) ?? keyOfSet(ds)) === keyOfSet(wanted) || topology.undelegated) return;
    await update(primary, [`update delete ${name} DS`, ...rows]);
    published.set(domain, keyOfSet(wanted));
  };
  const ask = async (standing: Standing, ds: readonly Ds[]): Promise<Verdicts> => {
    await publish(standing, ds);
    const { domain, ports, topology } = standing;
    const questions = (topology.asks ?? ["A"]).map((type): Asked => ({
      name: type === "A" ? `www.${domain}` : domain,
      type,
    }));
    const allOf = async (ask: (asked: Asked) => Promise<Opinion>) =>
      ofAll(await Promise.all(questions.map(ask)));
    const stubs = (some: readonly number[]) => ({
      [parentZone]: [local(primary)],
      ...(!topology.undelegated && { [domain]: some.map(local) }),
    });
    const together = topology.asked === "together";
    const [delv, unbound] = await Promise.all([
      Promise.all(
        (together ? ports.slice(0, 1) : ports).map((port) =>
          allOf((asked) => validators.delv(asked, local(port))),
        ),
      ),
      Promise.all(
        (together ? [ports] : ports.map((port) => [port])).map((some) =>
          allOf((asked) => validators.unbound(asked, stubs(some))),
        ),
      ),
    ]);
    const validates = (opinion: Opinion | undefined) => opinion === "secure";
    const works = delv.some(
      (opinion, index) => validates(opinion) && (topology.exception || validates(unbound[index])),
    );
    return { delv: worst(delv), unbound: worst(unbound), works };
  };
  return (standing, ds) => {
    const { domain } = standing;
    const key = `${domain} ${keyOfSet(ds)}`;
    const asked =
      known.get(key) ??
      // A domain can have one published set at a time.
      (turns.get(domain) ?? Promise.resolve()).then(() => queue.run(() => ask(standing, ds)));
    known.set(key, asked);
    turns.set(
      domain,
      asked.then(
        () => undefined,
        () => undefined,
      ),
    );
    return asked;
  };
}

function keyOfSet(ds: readonly Ds[]): string {
  return ds.map(formatDs).sort().join(", ");
}
