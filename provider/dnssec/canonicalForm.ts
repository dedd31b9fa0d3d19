const longestWireName = 255;
const longestLabel = 63;
const pointer = 0xc0;
const classIn = 1;

/** A name in RDATA, in canonical form, and the offset of what stands after it. */
export interface WireName {
  readonly name: Buffer;
  readonly end: number;
}

/**
 * Reads a domain name within RDATA and lowers its letters A to Z.
 *
 * @returns undefined for a label or name that is too long, or one that is cut short. Of a name that ends in a compression
 *   pointer, which means nothing outside of its message, an empty one, which equals none. Never throws.
 * @see RFC 4034 section 6.2
 */
export function readCanonicalName(octets: Buffer, start: number): WireName | undefined {
  let end = start;
  for (;;) {
    const length = octets[end];
    if (length === undefined) return undefined;
    if (length >= pointer && end + 2 <= octets.length) return { name: Buffer.alloc(0), end: end + 2 };
    end += 1 + length;
    if (length > longestLabel || end > octets.length || end - start > longestWireName) return undefined;
    if (length === 0) return { name: lowered(octets.subarray(start, end)), end };
  }
}

/** RDATA in canonical order, each once. */
export function canonicalOrder(rdatas: readonly Uint8Array[]): Buffer[] {
  return distinct(rdatas).sort((a, b) => Buffer.compare(a, b));
}

/** RDATA in the order given, each once. */
export function distinct(rdatas: readonly Uint8Array[]): Buffer[] {
  const octets = rdatas.map((rdata) => Buffer.from(rdata.buffer, rdata.byteOffset, rdata.byteLength));
  return [...new Map(octets.map((rdata) => [rdata.toString("latin1"), rdata])).values()];
}

/**
 * The canonical form of an RRset of class IN: what a signature covers after its own RDATA.
 *
 * @param owner In canonical wire form.
 * @param rdatas In canonical form and order.
 * @see RFC 4034 section 3.1.8.1
 */
export function canonicalRrset(owner: Buffer, type: number, ttl: number, rdatas: readonly Buffer[]): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(classIn, 2);
  fixed.writeUInt32BE(ttl, 4);
  return Buffer.concat(
    rdatas.flatMap((rdata) => {
      const header = Buffer.from(fixed);
      header.writeUInt16BE(rdata.length, 8);
      return [owner, header, rdata];
    }),
  );
}

/** Names in wire form with their letters A to Z in lower case. Length octets are at most 63, and so no letters. */
export function lowered(wire: Buffer): Buffer {
  return Buffer.from(wire.map((octet) => (octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet)));
}
