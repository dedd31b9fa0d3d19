import { lowered } from "./canonical";

const longestName = 255;

/** A name of the greatest length has 127 labels: more pointers than that say nothing. */
const mostPointers = 127;

const isPointer = (octet: number) => octet >= 0xc0;
const isLabel = (octet: number) => octet > 0 && octet < 0x40;

/**
 * Reads a domain name of a message, with its compression pointers.
 *
 * @returns The name in the one form in which names are compared and shown here: lower case, without the trailing dot
 *   ("." is the root), every octet but letters, digits, hyphen and underscore as `\DDD`. Undefined where there is no such
 *   name.
 */
export function readName(octets: Uint8Array, start: number): string | undefined {
  const labels = labelsAt(octets, start);
  return labels && (labels.map(labelText).join(".") || ".");
}

/**
 * Reads a domain name of a message, with its compression pointers, in canonical form.
 *
 * @returns Its octets without compression, letters A to Z in lower case; undefined where there is no such name.
 * @see RFC 4034 section 6.2
 */
export function readCanonicalNameIn(octets: Uint8Array, start: number): Buffer | undefined {
  const labels = labelsAt(octets, start);
  const parts = labels?.flatMap((label) => [Uint8Array.of(label.length), label]);
  return parts && lowered(Buffer.concat([...parts, Uint8Array.of(0)]));
}

/**
 * Finds the labels of a domain name of a message.
 *
 * Pointers must lead backwards, every one further than the one before, so that there is no loop; at most 127 are
 * followed, and 255 octets read.
 *
 * @see RFC 1035 section 4.1.4
 */
function labelsAt(octets: Uint8Array, start: number): readonly Uint8Array[] | undefined {
  const labels: Uint8Array[] = [];
  let [offset, run, pointers, length] = [start, start, 0, 1];
  for (;;) {
    const octet = octets[offset];
    if (octet === undefined) return undefined;
    if (octet === 0) return labels;
    if (isLabel(octet)) {
      const label = octets.subarray(offset + 1, offset + 1 + octet);
      length += 1 + octet;
      if (label.length < octet || length > longestName) return undefined;
      labels.push(label);
      offset += 1 + octet;
    } else {
      const target = pointerTarget(octets, offset);
      pointers += 1;
      if (target === undefined || target >= run || pointers > mostPointers) return undefined;
      offset = run = target;
    }
  }
}

/**
 * Where a name ends that begins at `start`, whether or not it can be read.
 *
 * @returns Undefined where that cannot be told: it runs out of the message, or has a label of an unknown kind.
 */
export function endOfName(octets: Uint8Array, start: number): number | undefined {
  for (let offset = start; offset < octets.length;) {
    const octet = octets[offset] ?? 0;
    if (octet === 0) return offset + 1;
    if (isPointer(octet)) return offset + 2 <= octets.length ? offset + 2 : undefined;
    if (!isLabel(octet)) return undefined;
    offset += 1 + octet;
  }
  return undefined;
}

/** The name above: "com" for "example.com", "." for "com". */
export function nameAbove(name: string): string {
  return name.slice(name.indexOf(".") + 1 || name.length) || ".";
}

/** Whether a name is the zone's or below it. */
export function isWithin(name: string, zone: string): boolean {
  return zone === "." || name === zone || name.endsWith(`.${zone}`);
}

/** Whether a name of a message can be that of a host: it has nothing that had to be escaped. */
export function isHostName(name: string): boolean {
  return name !== "." && !name.includes("\\");
}

function pointerTarget(octets: Uint8Array, offset: number): number | undefined {
  const [high = 0, low] = octets.subarray(offset, offset + 2);
  return isPointer(high) && low !== undefined ? ((high & 0x3f) << 8) | low : undefined;
}

function labelText(label: Uint8Array): string {
  return Array.from(label, octetText).join("");
}

function octetText(octet: number): string {
  const text = String.fromCharCode(octet);
  return /[\w-]/.test(text) ? text.toLowerCase() : `\\${String(octet).padStart(3, "0")}`;
}
