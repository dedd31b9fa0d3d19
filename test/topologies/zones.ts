import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { RrsigData } from "dns-packet";
import { dsFromDnskey, formatDnskey } from "../../provider/dnssec/dnskey";
import type { Ds } from "../../provider/dnssec/ds";
import { canonicalWireName } from "../../provider/dnssec/name";
import { bindName, bindPrivateKey, rdataOf, type KeyRing, type ZoneKey } from "./keys";
import type { DsRecipe, SignatureRecipe, SignedZone, ZoneRecipe } from "./recipe";
import { rrsig, rrsigLine, typeNumbers, type RrSet } from "./signer";

const run = promisify(execFile);

/** TTL of all records of the zones, in seconds. */
const ttl = 300;

export type Keys = ReadonlyMap<string, ZoneKey>;

/** The keys of a zone by their roles. */
export async function keysOf(recipe: ZoneRecipe, ring: KeyRing): Promise<Keys> {
  if (recipe === "unsigned") return new Map();
  const entries = Object.entries(recipe.keys).map(
    async ([role, key]) => [role, await ring.key(role, key)] as const,
  );
  return new Map(await Promise.all(entries));
}

/** Writes the zone's file, signed as the recipe says. `now` is in ms since the epoch. */
export async function writeZone(
  file: string,
  name: string,
  recipe: ZoneRecipe,
  keys: Keys,
  now: number,
): Promise<void> {
  const rrsets = bodyOf(name);
  if (recipe === "unsigned") return writeFileSync(file, text(rrsets.map(({ lines }) => lines).flat()));
  const published = [...keys.values()].filter((key) => key.published);
  const dnskeys = published.map(({ dnskey }) => `${name}. ${ttl} IN DNSKEY ${formatDnskey(dnskey)}`);
  const lines = [...rrsets.flatMap((rrset) => rrset.lines), ...dnskeys];
  if (recipe.signed === "bind") return signWithBind(file, name, recipe, keys, lines);
  const chain = chainOf(name);
  const data = recipe.data ?? recipe.body.map((by): SignatureRecipe => ({ by }));
  const covered = [...rrsets, ...chain].filter(({ rrset: { type } }) => recipe.signs?.includes(type) ?? true);
  const signatures = [
    ...data.flatMap((signature) =>
      covered.map(({ rrset }) =>
        rrsigLine(rrset, rrsig(rrset, name, keyOf(keys, signature.by), now, signature)),
      ),
    ),
    ...recipe.signatures.map((signature) =>
      rrsigLine({ owner: name, ttl }, dnskeySignature(name, keys, signature, now)),
    ),
  ];
  writeFileSync(file, text([...lines, ...chain.flatMap((nsec) => nsec.lines), ...signatures]));
}

/** Returns the DS records of the recipes, for a zone of that name. */
export function dsSet(recipes: readonly DsRecipe[], owner: string, keys: Keys): Ds[] {
  return recipes.map((recipe) => dsOf(recipe, owner, keys));
}

const computable = [1, 2, 4];

function dsOf({ key, digestType = 2, flags, wrong, says }: DsRecipe, owner: string, keys: Keys): Ds {
  const { dnskey } = key === undefined ? unknownKey : keyOf(keys, key);
  const named = flags === undefined ? dnskey : { ...dnskey, flags };
  const ds = dsFromDnskey(owner, named, computable.includes(digestType) ? digestType : 2);
  const digest = wrong ? ds.digest.replace(/^./, (first) => (first === "0" ? "1" : "0")) : ds.digest;
  return { ...ds, digestType, digest, ...says };
}

/** The key of recipes that name none, as for a missing zone. */
const unknownKey: Pick<ZoneKey, "dnskey"> = {
  dnskey: { flags: 257, protocol: 3, algorithm: 13, publicKey: Buffer.alloc(64, 7).toString("base64") },
};

function keyOf(keys: Keys, role: string): ZoneKey {
  const key = keys.get(role);
  if (!key) throw new Error(`the zone has no key of the role ${role}`);
  return key;
}

/** Makes a signature over the DNSKEY RRset, with all its peculiarities. */
export function dnskeySignature(name: string, keys: Keys, recipe: SignatureRecipe, now: number): RrsigData {
  const signed = [...keys].filter(([role, key]) => key.published && !recipe.without?.includes(role));
  const rrset: RrSet = { owner: name, type: "DNSKEY", ttl, rdata: signed.map(([, key]) => rdataOf(key)) };
  return rrsig(rrset, name, keyOf(keys, recipe.by), now, recipe);
}

/** Makes the zone's keys. Named keys sign; the others are only published. */
async function signWithBind(
  file: string,
  name: string,
  recipe: SignedZone,
  keys: Keys,
  lines: readonly string[],
): Promise<void> {
  const directory = `${file}.keys`;
  mkdirSync(directory);
  writeFileSync(path.join(directory, "zone"), text(lines));
  const signing = [...new Set([...recipe.body, ...recipe.signatures.map(({ by }) => by)])];
  for (const role of signing) {
    const key = keyOf(keys, role);
    const base = path.join(directory, bindName(name, key));
    writeFileSync(`${base}.key`, `${name}. IN DNSKEY ${formatDnskey(key.dnskey)}\n`);
    writeFileSync(`${base}.private`, bindPrivateKey(key));
  }
  const [{ from, until } = {}] = recipe.signatures;
  const bodyAlsoSignsKeys = recipe.signatures.some(({ by }) => recipe.body.includes(by));
  const commandLine = [
    ...["-q", "-P", "-O", "full", "-o", name, "-f", file],
    ...(bodyAlsoSignsKeys ? [] : ["-x"]),
    ...(recipe.body.some((role) => (keyOf(keys, role).dnskey.flags & 1) === 1) ? ["-z"] : []),
    ...(from === undefined ? [] : ["-s", `now${from < 0 ? from : `+${from}`}`]),
    ...(until === undefined ? [] : ["-e", `now${until < 0 ? until : `+${until}`}`]),
    ...(recipe.nsec3 ? ["-3", "-"] : []),
    "zone",
    ...signing.map((role) => bindName(name, keyOf(keys, role))),
  ];
  await run("dnssec-signzone", commandLine, { cwd: directory });
  assertSigned(file, recipe, keys);
}

/** Checks who signs the DNSKEY RRset, since dnssec-signzone has rules about that. */
function assertSigned(file: string, { signatures }: SignedZone, keys: Keys): void {
  const made = [...readFileSync(file, "utf8").matchAll(/\sRRSIG\s+DNSKEY((?:\s+\d+){6})\s/g)]
    .map(([, fields]) => Number(fields?.trim().split(/\s+/)[5]))
    .sort();
  const expected = signatures.map(({ by }) => keyOf(keys, by).tag).sort();
  if (made.join() !== expected.join()) throw new Error(`${file}: keys ${expected} should sign, ${made} do`);
}

interface Body {
  readonly rrset: RrSet;
  readonly lines: readonly string[];
}

function bodyOf(name: string): Body[] {
  const server = `ns.${name}`;
  const numbers = [1, 3600, 600, 86_400, ttl];
  const address = (owner: string, octets: readonly number[]): Body => ({
    rrset: { owner, type: "A", ttl, rdata: [Buffer.from(octets)] },
    lines: [`${owner}. ${ttl} IN A ${octets.join(".")}`],
  });
  const soa = Buffer.concat([
    canonicalWireName(server),
    canonicalWireName(`host.${name}`),
    Buffer.from(numbers.flatMap((number) => [number >>> 24, number >>> 16, number >>> 8, number])),
  ]);
  return [
    {
      rrset: { owner: name, type: "SOA", ttl, rdata: [soa] },
      lines: [`${name}. ${ttl} IN SOA ${server}. host.${name}. ${numbers.join(" ")}`],
    },
    {
      rrset: { owner: name, type: "NS", ttl, rdata: [canonicalWireName(server)] },
      lines: [`${name}. ${ttl} IN NS ${server}.`],
    },
    address(server, [127, 0, 0, 1]),
    address(`www.${name}`, [192, 0, 2, 80]),
  ];
}

/** Returns the NSEC records, which named needs to see a zone as signed. */
function chainOf(name: string): Body[] {
  const [apex, server, host] = [name, `ns.${name}`, `www.${name}`];
  const link = (owner: string, next: string, types: readonly (keyof typeof typeNumbers)[]): Body => {
    const bitmap = Buffer.alloc(7);
    for (const type of types) {
      const number = typeNumbers[type];
      bitmap[number >> 3] = (bitmap[number >> 3] ?? 0) | (0x80 >> (number & 7));
    }
    const rdata = Buffer.concat([canonicalWireName(next), Buffer.of(0, bitmap.length), bitmap]);
    return {
      rrset: { owner, type: "NSEC", ttl, rdata: [rdata] },
      lines: [`${owner}. ${ttl} IN NSEC ${next}. ${types.join(" ")}`],
    };
  };
  return [
    link(apex, server, ["NS", "SOA", "RRSIG", "NSEC", "DNSKEY"]),
    link(server, host, ["A", "RRSIG", "NSEC"]),
    link(host, apex, ["A", "RRSIG", "NSEC"]),
  ];
}

function text(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}
