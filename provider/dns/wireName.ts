import { lowerCaseName, maxLabelOctets, maxNameOctets } from "../dnssec/canonicalForm";

/**
 * Maximum number of compression pointers in one name. Servers that compress names need two or
 * three. Go's resolver follows ten as well.
 */
const maxPointers = 10;

/** Maximum work on the names of a message, in octets read per octet of the message. */
const maxOctetsPerOctet = 4;

const isPointer = (octet: number) => octet >= 0xc0;
const isLabel = (octet: number) => octet > 0 && octet <= maxLabelOctets;

/** A domain name of a message. `length` is that of its uncompressed wire form, in octets. */
interface Name {
  readonly labels: readonly Uint8Array[];
  readonly length: number;
  text?: string;
}

/** A name, and the number of pointers that led to its end. */
interface Found {
  readonly name: Name;
  readonly pointers: number;
}

/** The rest of a name that ends without a pointer. */
const root: Found = { name: { labels: [], length: 1 }, pointers: 0 };

/** Labels at an offset, and the pointer to the rest of the name, if there is one. */
interface Run {
  readonly start: number;
  readonly labels: readonly Uint8Array[];
  readonly length: number;
  readonly target: number | undefined;
}

/**
 * Reads the domain names of one message and follows their compression pointers. It reads each
 * offset once. Every pointer must lead further back than the one before. The length of the message
 * bounds the work.
 *
 * @see RFC 1035 section 4.1.4
 */
export class MessageNames {
  readonly #octets: Uint8Array;
  readonly #names = new Map<number, Found | undefined>();
  #octetsRead = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  /** Number of octets of names that were read or copied. */
  get octetsRead(): number {
    return this.#octetsRead;
  }

  /** Whether the names took too much work. No more of them are read then. */
  get isExhausted(): boolean {
    return this.#octetsRead > maxOctetsPerOctet * this.#octets.length;
  }

  /**
   * Returns a name in the form in which this folder compares and shows names: lower case, without
   * the trailing dot ("." is the root), every octet but letters, digits, hyphen and underscore as
   * `\DDD`.
   *
   * @returns Undefined if there is no valid name at this offset.
   */
  text(start: number): string | undefined {
    const name = this.#at(start);
    if (name === undefined) return undefined;
    name.text ??= name.labels.map(labelText).join(".") || ".";
    return name.text;
  }

  /**
   * Returns a name in canonical form: uncompressed, letters A to Z in lower case.
   *
   * @returns Undefined if there is no valid name at this offset.
   * @see RFC 4034 section 6.2
   */
  canonical(start: number): Buffer | undefined {
    const name = this.#at(start);
    if (name === undefined) return undefined;
    this.#octetsRead += name.length;
    const parts = name.labels.flatMap((label) => [Uint8Array.of(label.length), label]);
    return lowerCaseName(Buffer.concat([...parts, Uint8Array.of(0)]));
  }

  #at(start: number): Name | undefined {
    if (!this.#names.has(start) && !this.isExhausted) this.#names.set(start, this.#read(start));
    return this.#names.get(start)?.name;
  }

  #read(start: number): Found | undefined {
    const runs: Run[] = [];
    let offset: number | undefined = start;
    while (offset !== undefined && !this.#names.has(offset)) {
      const run = this.#run(offset);
      if (run === undefined || runs.length > maxPointers) return undefined;
      runs.push(run);
      offset = run.target;
    }
    const rest = offset === undefined ? root : this.#names.get(offset);
    return runs.reduceRight<Found | undefined>((found, run) => this.#joined(run, found), rest);
  }

  /**
   * Reads labels up to the end of a name or a pointer. Undefined for octets that are not a name.
   */
  #run(start: number): Run | undefined {
    const octets = this.#octets;
    const labels: Uint8Array[] = [];
    for (let offset = start; ;) {
      const octet = octets[offset];
      const length = offset - start;
      if (octet === undefined || length >= maxNameOctets) return undefined;
      this.#octetsRead += 1;
      if (octet === 0) return { start, labels, length, target: undefined };
      if (isLabel(octet)) {
        const label = octets.subarray(offset + 1, offset + 1 + octet);
        this.#octetsRead += octet;
        if (label.length < octet) return undefined;
        labels.push(label);
        offset += 1 + octet;
      } else {
        const target = pointerTarget(octets, offset);
        return target === undefined || target >= start ? undefined : { start, labels, length, target };
      }
    }
  }

  /** Puts labels before the rest of a name and remembers the result, if it is a valid name. */
  #joined({ start, labels, length, target }: Run, rest: Found | undefined): Found | undefined {
    if (rest === undefined) return undefined;
    const pointers = rest.pointers + (target === undefined ? 0 : 1);
    if (length + rest.name.length > maxNameOctets || pointers > maxPointers) return undefined;
    const found = {
      name: labels.length === 0 ? rest.name : this.#longer(labels, length, rest.name),
      pointers,
    };
    this.#names.set(start, found);
    return found;
  }

  #longer(labels: readonly Uint8Array[], length: number, rest: Name): Name {
    this.#octetsRead += rest.length;
    return { labels: [...labels, ...rest.labels], length: length + rest.length };
  }
}

/**
 * Finds the end of a name without following its pointers.
 *
 * @param limit The name must end before this offset.
 * @returns The offset after the name; undefined if the name reaches the limit or has a label of an
 *   unknown kind.
 */
export function endOfName(octets: Uint8Array, start: number, limit = octets.length): number | undefined {
  for (let offset = start; offset < limit;) {
    const octet = octets[offset] ?? 0;
    if (octet === 0) return offset + 1;
    if (isPointer(octet)) return offset + 2 <= limit ? offset + 2 : undefined;
    if (!isLabel(octet)) return undefined;
    offset += 1 + octet;
  }
  return undefined;
}

/** Returns the name above: "com" for "example.com", "." for "com". */
export function nameAbove(name: string): string {
  return name.slice(name.indexOf(".") + 1 || name.length) || ".";
}

/** Returns whether a name is the zone's own name or below it. */
export function isWithin(name: string, zone: string): boolean {
  return zone === "." || name === zone || name.endsWith(`.${zone}`);
}

/** Returns whether a name of a message can be a host name, which needs no escapes. */
export function isHostName(name: string): boolean {
  return name !== "." && !name.includes("\\");
}

function pointerTarget(octets: Uint8Array, offset: number): number | undefined {
  const [high = 0, low] = octets.subarray(offset, offset + 2);
  return isPointer(high) && low !== undefined ? ((high & 0x3f) << 8) | low : undefined;
}

function labelText(label: Uint8Array): string {
  let text = "";
  for (const octet of label) text += octetTexts[octet] ?? "";
  return text;
}

const octetTexts: readonly string[] = Array.from({ length: 256 }, (_, octet) => {
  const text = String.fromCharCode(octet);
  return /[\w-]/.test(text) ? text.toLowerCase() : `\\${String(octet).padStart(3, "0")}`;
});
