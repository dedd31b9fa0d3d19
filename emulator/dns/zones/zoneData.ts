import { type Ds } from "../../ds";
import { type SigningPlan } from "./conditions";
import { uint16 } from "../protocol/message";
import { wireName } from "../protocol/name";
import {
  addressRdata,
  classIn,
  dsRdata,
  recordTypes,
  rrsigRdata,
  soaRdata,
  type Rrset,
} from "../protocol/records";
import { Zone, type Signer } from "./zone";
import { signature, type ZoneKey } from "./zoneKey";

const { A, DNSKEY, DS, NS, SOA } = recordTypes;

export interface ZoneContents {
  readonly name: string;
  readonly serial: number;
  /** Seconds, of every record. */
  readonly ttl: number;
  /** How many name servers it names, all at 127.0.0.1. */
  readonly servers: number;
  readonly plan: SigningPlan;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A test zone: SOA, NS, DNSKEY, and the addresses of its name servers, of itself and of `www`. */
export function testZoneData(contents: ZoneContents): Zone {
  const { name, ttl, servers, plan } = contents;
  const rrset = (owner: string, type: number, ...rdatas: Buffer[]): Rrset => ({
    name: owner,
    type,
    ttl,
    rdatas,
  });
  const keys = plan.published.map(({ rdata }) => rdata);
  return new Zone(
    name,
    [
      ...apex(contents, serverNames(name, servers)),
      ...serverNames(name, servers).map((server) => rrset(server, A, addressRdata("127.0.0.1"))),
      ...[name, below("www", name)].map((owner) => rrset(owner, A, addressRdata("192.0.2.80"))),
      ...(keys.length > 0 ? [rrset(name, DNSKEY, ...keys)] : []),
    ],
    plannedSigner(contents),
  );
}

/** A domain that is registered under a parent zone. */
export interface Delegation {
  readonly name: string;
  readonly servers: number;
  readonly ds: readonly Ds[];
}

/** A parent zone: its delegations with their DS records. */
export function parentZoneData(contents: ZoneContents, delegations: Iterable<Delegation>): Zone {
  const { name, ttl, plan } = contents;
  const server = below("a.nic", name);
  const delegated = [...delegations].flatMap(({ name: child, servers, ds }): Rrset[] => {
    const names = serverNames(child, servers);
    return [
      { name: child, type: NS, ttl, rdatas: names.map((host) => wireName(host)) },
      ...names.map((host) => ({ name: host, type: A, ttl, rdatas: [addressRdata("127.0.0.1")] })),
      ...(ds.length > 0 ? [{ name: child, type: DS, ttl, rdatas: ds.map(dsRdata) }] : []),
    ];
  });
  const own = [
    ...apex(contents, [server]),
    { name: server, type: A, ttl, rdatas: [addressRdata("127.0.0.1")] },
    { name, type: DNSKEY, ttl, rdatas: plan.published.map(({ rdata }) => rdata) },
  ];
  return new Zone(name, [...own, ...delegated], plannedSigner(contents));
}

/** A zone of nothing but SOA and NS, unsigned: it tells of what is not there. */
export function emptyZoneData(name: string): Zone {
  const ttl = 300;
  return new Zone(name, apex({ name, serial: 1, ttl }, [below("a.nic", name)]));
}

export function below(label: string, name: string): string {
  return name === "." ? label : `${label}.${name}`;
}

function serverNames(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => below(`ns${index + 1}`, name));
}

function apex(
  { name, serial, ttl }: Pick<ZoneContents, "name" | "serial" | "ttl">,
  servers: readonly string[],
): Rrset[] {
  const [primary = name] = servers;
  const soa = soaRdata(primary, below("hostmaster", name), serial, ttl);
  return [
    { name, type: SOA, ttl, rdatas: [soa] },
    { name, type: NS, ttl, rdatas: servers.map((server) => wireName(server)) },
  ];
}

/** @returns Undefined where nothing is to be signed. */
function plannedSigner({ name, plan, now }: ZoneContents): Signer | undefined {
  const { keySigners, signers } = plan;
  if (keySigners.length === 0 && signers.length === 0) return undefined;
  const seconds = (ms: number) => Math.floor((now + ms) / 1000);
  return (rrset) => {
    const isKeys = rrset.type === DNSKEY;
    const { inceptionMs, expirationMs, forger } = isKeys ? plan : { ...plan, ...plan.data };
    const dates = { inception: seconds(inceptionMs), expiration: seconds(expirationMs) };
    return (isKeys ? keySigners : signers).map((key) =>
      signed(rrset, { signer: name, key, maker: forger ?? key, ...dates }),
    );
  };
}

interface Signing {
  readonly signer: string;
  /** The key that the signature names, and the one that makes it. */
  readonly key: ZoneKey;
  readonly maker: ZoneKey;
  readonly inception: number;
  readonly expiration: number;
}

/** The RDATA of one RRSIG (RFC 4034 sections 3.1.8.1 and 6). Names in RDATA are in lower case as they are written here. */
function signed(rrset: Rrset, { signer, key, maker, inception, expiration }: Signing): Buffer {
  const { name, type, ttl } = rrset;
  const fields = rrsigRdata({
    typeCovered: type,
    algorithm: key.algorithm,
    owner: name,
    originalTtl: ttl,
    expiration,
    inception,
    keyTag: key.keyTag,
    signer,
  });
  const records = [...rrset.rdatas]
    .sort((a, b) => Buffer.compare(a, b))
    .map((rdata) =>
      Buffer.concat([wireName(name), uint16(type, classIn, ttl >>> 16, ttl & 0xffff, rdata.length), rdata]),
    );
  return Buffer.concat([fields, signature(maker, Buffer.concat([fields, ...records]))]);
}
