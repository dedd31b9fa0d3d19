import { type Ds } from "../../ds";
import { type SigningPlan } from "./conditions";
import { encodeUint16 } from "../protocol/message";
import { encodeName } from "../protocol/name";
import {
  encodeAddress,
  classIn,
  encodeDs,
  recordTypes,
  encodeRrsig,
  encodeSoa,
  type Rrset,
} from "../protocol/records";
import { Zone, type Signer } from "./zone";
import { signData, type ZoneKey } from "./zoneKey";

const { A, DNSKEY, DS, NS, SOA } = recordTypes;

/** The data from which a zone is built. */
export interface ZoneContents {
  readonly name: string;
  readonly serial: number;
  /** TTL of every record, in seconds. */
  readonly ttl: number;
  /** Number of name servers, all at 127.0.0.1. */
  readonly servers: number;
  readonly plan: SigningPlan;
  /** Time of signing, in ms since the epoch. */
  readonly now: number;
}

/**
 * Builds a test zone: SOA, NS, DNSKEY, and addresses for its name servers, its own name and `www`.
 */
export function buildTestZone(contents: ZoneContents): Zone {
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
      ...buildApex(contents, nameServers(name, servers)),
      ...nameServers(name, servers).map((server) => rrset(server, A, encodeAddress("127.0.0.1"))),
      ...[name, childName("www", name)].map((owner) => rrset(owner, A, encodeAddress("192.0.2.80"))),
      ...(keys.length > 0 ? [rrset(name, DNSKEY, ...keys)] : []),
    ],
    createSigner(contents),
  );
}

/** A delegation in a parent zone. */
export interface Delegation {
  readonly name: string;
  readonly servers: number;
  readonly ds: readonly Ds[];
}

/** Builds a parent zone with its delegations and their DS records. */
export function buildParentZone(contents: ZoneContents, delegations: Iterable<Delegation>): Zone {
  const { name, ttl, plan } = contents;
  const server = childName("a.nic", name);
  const delegated = [...delegations].flatMap(({ name: child, servers, ds }): Rrset[] => {
    const names = nameServers(child, servers);
    return [
      { name: child, type: NS, ttl, rdatas: names.map((host) => encodeName(host)) },
      ...names.map((host) => ({ name: host, type: A, ttl, rdatas: [encodeAddress("127.0.0.1")] })),
      ...(ds.length > 0 ? [{ name: child, type: DS, ttl, rdatas: ds.map(encodeDs) }] : []),
    ];
  });
  const own = [
    ...buildApex(contents, [server]),
    { name: server, type: A, ttl, rdatas: [encodeAddress("127.0.0.1")] },
    { name, type: DNSKEY, ttl, rdatas: plan.published.map(({ rdata }) => rdata) },
  ];
  return new Zone(name, [...own, ...delegated], createSigner(contents));
}

/** Builds an unsigned zone of SOA and NS records alone, for negative answers and referrals. */
export function buildEmptyZone(name: string): Zone {
  const ttl = 300;
  return new Zone(name, buildApex({ name, serial: 1, ttl }, [childName("a.nic", name)]));
}

function childName(label: string, name: string): string {
  return name === "." ? label : `${label}.${name}`;
}

function nameServers(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => childName(`ns${index + 1}`, name));
}

function buildApex(
  { name, serial, ttl }: Pick<ZoneContents, "name" | "serial" | "ttl">,
  servers: readonly string[],
): Rrset[] {
  const [primary = name] = servers;
  const soa = encodeSoa(primary, childName("hostmaster", name), serial, ttl);
  return [
    { name, type: SOA, ttl, rdatas: [soa] },
    { name, type: NS, ttl, rdatas: servers.map((server) => encodeName(server)) },
  ];
}

/** Creates the signer of a plan. Returns undefined if nothing is signed. */
function createSigner({ name, plan, now }: ZoneContents): Signer | undefined {
  const { keySigners, signers } = plan;
  if (keySigners.length === 0 && signers.length === 0) return undefined;
  const seconds = (ms: number) => Math.floor((now + ms) / 1000);
  return (rrset) => {
    const isKeys = rrset.type === DNSKEY;
    const { inceptionMs, expirationMs, forger } = isKeys ? plan : { ...plan, ...plan.data };
    const dates = { inception: seconds(inceptionMs), expiration: seconds(expirationMs) };
    return (isKeys ? keySigners : signers).map((key) =>
      signRrset(rrset, { signer: name, key, maker: forger ?? key, ...dates }),
    );
  };
}

interface Signing {
  readonly signer: string;
  /** Key that the signature names. */
  readonly key: ZoneKey;
  /** Key that makes the signature. */
  readonly maker: ZoneKey;
  /** Seconds since the epoch. */
  readonly inception: number;
  readonly expiration: number;
}

/**
 * Returns the RDATA of one RRSIG record (RFC 4034 sections 3.1.8.1 and 6). Names in RDATA are
 * already in lower case.
 */
function signRrset(rrset: Rrset, { signer, key, maker, inception, expiration }: Signing): Buffer {
  const { name, type, ttl } = rrset;
  const fields = encodeRrsig({
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
      Buffer.concat([
        encodeName(name),
        encodeUint16(type, classIn, ttl >>> 16, ttl & 0xffff, rdata.length),
        rdata,
      ]),
    );
  return Buffer.concat([fields, signData(maker, Buffer.concat([fields, ...records]))]);
}
