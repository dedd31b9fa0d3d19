import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ecdsaKey,
  ksk,
  octets,
  record,
  rrsig,
  types,
  uint16,
  uint32,
  wireName,
  type ForgedKey,
} from "./forge";
import { soa, type Published } from "./zones";
import { Validators, type Opinion } from "../../harness/validators";

export interface RealValidators {
  /**
   * The verdicts of BIND's delv and of unbound-host on a zone's SOA record, or on its address of
   * www.
   */
  readonly judge: (
    zone: string,
    type: "A" | "SOA",
  ) => Promise<{ readonly bind: Opinion; readonly unbound: Opinion }>;
  readonly stop: () => void;
}

const address = Buffer.of(192, 0, 2, 80);
const ttl = 60;

/**
 * Serves "test" and zones below it on loopback, with any octets as keys and signatures, which no
 * real server would load. Asks validators that trust the key of "test".
 */
export async function startRealValidators(
  zones: ReadonlyMap<string, Published>,
  now: number,
): Promise<RealValidators> {
  const parent = ecdsaKey(ksk);
  const records = recordsOf(zones, parent, now);
  const { port, stop: stopServing } = await serve((query, isUdp) => answer(records, query, isUdp));
  const directory = mkdtempSync(join(tmpdir(), "validators-"));
  const key = parent.rdata.subarray(4).toString("base64");
  const validators = new Validators(directory, `test. 60 IN DNSKEY 257 3 13 ${key}`);
  const server = `127.0.0.1:${port}`;
  const servers = Object.fromEntries(["test", ...zones.keys()].map((zone) => [zone, [server]]));
  return {
    judge: async (zone, type) => {
      const asked = { name: type === "SOA" ? zone : `www.${zone}`, type };
      const [bind, unbound] = await Promise.all([
        validators.delv(asked, server),
        validators.unbound(asked, servers),
      ]);
      return { bind: withoutUnknown(bind), unbound: withoutUnknown(unbound) };
    },
    stop: () => {
      stopServing();
      rmSync(directory, { recursive: true });
    },
  };
}

/** These servers answer everything, so a validator without a usable answer rejects the octets. */
const withoutUnknown = (opinion: Opinion) => (opinion === "unknown" ? "bogus" : opinion);

type Records = ReadonlyMap<string, readonly Buffer[]>;

function recordsOf(zones: ReadonlyMap<string, Published>, parent: ForgedKey, now: number): Records {
  const records = new Map<string, readonly Buffer[]>();
  const add = (owner: string, type: number, rdatas: readonly Buffer[], signatures: readonly Buffer[]) =>
    records.set(`${owner} ${type}`, [
      ...rdatas.map((rdata) => record(owner, type, ttl, rdata)),
      ...signatures.map((signature) => record(owner, types.RRSIG, ttl, signature)),
    ]);
  add("test", types.DNSKEY, [parent.rdata], [rrsig("test", [parent.rdata], parent, now)]);
  add("test", types.SOA, [soa], [rrsig("test", [soa], parent, now, { type: types.SOA })]);
  for (const [name, { keys, signatures, ds, signData, soa: soas, servedSoa }] of zones) {
    add(name, types.SOA, servedSoa, signData(name, types.SOA, soas));
    const rdatas = ds.map(({ keyTag, algorithm, digestType, digest }) =>
      octets(uint16(keyTag), algorithm, digestType, Buffer.from(digest, "hex")),
    );
    const byParent = rrsig(name, rdatas, parent, now, { type: types.DS, signer: "test" });
    if (ds.length > 0) add(name, types.DS, rdatas, [byParent]);
    else
      add(name, types.NSEC, [noDs], [rrsig(name, [noDs], parent, now, { type: types.NSEC, signer: "test" })]);
    add(name, types.DNSKEY, keys, signatures);
    const www = `www.${name}`;
    add(www, types.A, [address], signData(www, types.A, [address]));
  }
  return records;
}

function answer(records: Records, query: Buffer, isUdp: boolean): Buffer {
  const { name, end } = questionName(query);
  const question = query.subarray(12, end + 4);
  const type = query.readUInt16BE(end);
  const answers = records.get(`${name} ${type}`) ?? [];
  const authority =
    answers.length > 0
      ? []
      : [
          ...(records.get(`${zoneOf(name, type)} ${types.SOA}`) ?? []),
          ...(records.get(`${name} ${types.NSEC}`) ?? []),
        ];
  const whole = message(query, question, answers, authority, false);
  return isUdp && whole.length > 1400 ? message(query, question, [], [], true) : whole;
}

function message(
  query: Buffer,
  question: Buffer,
  answers: readonly Buffer[],
  authority: readonly Buffer[],
  isTruncated: boolean,
): Buffer {
  const flags = uint16(isTruncated ? 0x8600 : 0x8400);
  const counts = [1, answers.length, authority.length, 1].map(uint16);
  const opt = octets(0, uint16(41), uint16(4096), uint32(0x8000), uint16(0));
  return octets(query.subarray(0, 2), flags, ...counts, question, ...answers, ...authority, opt);
}

/** The types of a delegation without DS: NS, RRSIG and NSEC (RFC 4034 section 4.1.2). */
const noDs = octets(wireName("zzz.test"), 0, 6, 0x20, 0, 0, 0, 0, 0x03);

function zoneOf(name: string, type: number): string {
  const labels = name.split(".");
  return labels.slice(type === types.DS && labels.length === 2 ? -1 : -2).join(".");
}

function questionName(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let end = 12;
  for (let length = query.readUInt8(end); length > 0; length = query.readUInt8(end)) {
    labels.push(query.toString("latin1", end + 1, end + 1 + length).toLowerCase());
    end += 1 + length;
  }
  return { name: labels.join("."), end: end + 1 };
}

async function serve(reply: (query: Buffer, isUdp: boolean) => Buffer) {
  for (;;) {
    const udp = createSocket("udp4");
    await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve));
    const { port } = udp.address();
    udp.on("message", (query, from) => udp.send(reply(query, true), from.port, from.address));
    const tcp = createServer((socket) => serveStream(socket, (query) => reply(query, false)));
    const isListening = await new Promise<boolean>((resolve) => {
      tcp.once("error", () => resolve(false));
      tcp.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (isListening) return { port, stop: () => (udp.close(), tcp.close()) };
    udp.close();
  }
}

function serveStream(socket: Socket, reply: (query: Buffer) => Buffer): void {
  let pending = octets();
  socket.on("error", () => socket.destroy());
  socket.on("data", (data) => {
    pending = octets(pending, data);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      const whole = reply(pending.subarray(2, end));
      pending = pending.subarray(end);
      socket.write(octets(uint16(whole.length), whole));
    }
  });
}
