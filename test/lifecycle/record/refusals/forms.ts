import { dnskey, domainName, ds, fields, sha256, sha384 } from "../exampleRecord";
import type { Refusal } from "./refusal";

const valid = { domainName, ...fields };
const other256 = "ab".repeat(32);
const instead = "use 13 (ECDSAP256SHA256), 15 (ED25519) or 8 (RSASHA256)";

const keyTag = (got: string) =>
  `key tag must be a whole number 0 to 65535, got ${got} (RFC 4034 section 5.1.1)`;
const keyTags: readonly Refusal[] = [
  ["key tag 65536", { ...valid, keyTag: 65536 }, "keyTag", keyTag("65536")],
  ["key tag -1", { ...valid, keyTag: -1 }, "keyTag", keyTag("-1")],
  ["key tag 1.5", { ...valid, keyTag: 1.5 }, "keyTag", keyTag("1.5")],
  ["a list", { ...valid, keyTag: [2371] }, "keyTag", keyTag("a list")],
  ["true", { ...valid, keyTag: true }, "keyTag", keyTag("true")],
  ["a number in text that is too large", { ...valid, keyTag: "65536" }, "keyTag", keyTag("65536")],
  ...["0x1", "01", " 1", "1.0", "-1", "", "²"].map((text): Refusal => [
    `text ${JSON.stringify(text)}`,
    { ...valid, keyTag: text },
    "keyTag",
    keyTag(`"${text}"`),
  ]),
];

const algorithm = "algorithm must be a whole number 0 to 255 or a mnemonic such as ECDSAP256SHA256, got";
const algorithms: readonly Refusal[] = [
  ["algorithm 256", { ...valid, algorithm: 256 }, "algorithm", `${algorithm} 256 (RFC 4034 section 5.1.2)`],
  [
    "an unknown mnemonic",
    { ...valid, algorithm: "RSA" },
    "algorithm",
    `${algorithm} "RSA" (RFC 4034 section 5.1.2)`,
  ],
  [
    "an algorithm of another type",
    { ...valid, algorithm: true },
    "algorithm",
    `${algorithm} true (RFC 4034 section 5.1.2)`,
  ],
  [
    "algorithm 0",
    { ...valid, algorithm: 0 },
    "algorithm",
    `algorithm 0 (DELETE) exists in CDS and CDNSKEY only, never in DS (RFC 8078 section 4): ${instead}`,
  ],
];

const digests: readonly Refusal[] = [
  [
    "digest type 256",
    { ...valid, digestType: 256 },
    "digestType",
    "digest type must be a whole number 0 to 255 or a name such as SHA-256, got 256 (RFC 4034 section 5.1.3)",
  ],
  [
    "the name of another hash",
    { ...valid, digestType: "SHA-512" },
    "digestType",
    'digest type must be a whole number 0 to 255 or a name such as SHA-256, got "SHA-512" (RFC 4034 section 5.1.3)',
  ],
  [
    "digest type 0",
    { ...valid, digestType: 0 },
    "digestType",
    "digest type 0 (null) exists in CDS only, never in DS (RFC 8078 section 4): use 2 (SHA-256)",
  ],
  [
    "a digest that is no hexadecimal",
    { ...valid, digest: "xy" },
    "digest",
    'digest must be pairs of hexadecimal digits, got "xy" (RFC 4034 section 5.3)',
  ],
  [
    "an empty digest",
    { ...valid, digest: " \n" },
    "digest",
    'digest must be pairs of hexadecimal digits, got "" (RFC 4034 section 5.3)',
  ],
  [
    "a digest of another type",
    { ...valid, digest: 12 },
    "digest",
    "digest must be pairs of hexadecimal digits, got 12 (RFC 4034 section 5.3)",
  ],
  [
    "a digest with other blanks",
    { ...valid, digest: `\u00a0${sha256}` },
    "digest",
    "digest: it has an invisible character, U+00A0, at position 1",
  ],
  [
    "a digest of the wrong length",
    { ...valid, digest: "abcd" },
    "digest",
    "digest of type 2 (SHA-256) must have 32 octets (64 hexadecimal digits), got 2 octets; a digest is never cut short (RFC 4509 section 2)",
  ],
  [
    "a digest of another digest type",
    { ...valid, digest: sha384 },
    "digest",
    "digest of type 2 (SHA-256) must have 32 octets (64 hexadecimal digits), got 48 octets; a digest is never cut short (RFC 4509 section 2)",
  ],
];

const dsTexts: readonly Refusal[] = [
  ["ds of another type", { domainName, ds: 2371 }, "ds", "not a DS record: it must be text, got 2371"],
  ["an empty ds", { domainName, ds: "" }, "ds", "not a DS record: the text is empty"],
  [
    "ds out of range",
    { domainName, ds: `70000 13 2 ${sha256}` },
    "ds",
    "not a DS record: key tag must be a whole number 0 to 65535, got 70000 (RFC 4034 section 5.1.1)",
  ],
  [
    "ds of algorithm 0",
    { domainName, ds: `1 0 2 ${sha256}` },
    "ds",
    `algorithm 0 (DELETE) exists in CDS and CDNSKEY only, never in DS (RFC 8078 section 4): ${instead}`,
  ],
  [
    "ds that is a DNSKEY",
    { domainName, ds: `example.com. DNSKEY ${dnskey}` },
    "ds",
    "not a DS record: this is a DNSKEY record, a DS record is needed",
  ],
  [
    "ds of another owner",
    { domainName, ds: `example.org. DS ${ds}` },
    "ds",
    'ds is a record of "example.org.", domainName is "example.com": they must be the same',
  ],
];

const dnskeys: readonly Refusal[] = [
  [
    "dnskey of another type",
    { domainName, dnskey: {} },
    "dnskey",
    "not a DNSKEY record: it must be text, got an object",
  ],
  [
    "dnskey without a key",
    { domainName, dnskey: "257 3 13" },
    "dnskey",
    "not a DNSKEY record: flags, protocol, algorithm and public key are needed",
  ],
  [
    "dnskey of another owner",
    { domainName, dnskey: `www.example.com. IN DNSKEY ${dnskey}` },
    "dnskey",
    'dnskey is a record of "www.example.com.", domainName is "example.com": they must be the same',
  ],
  [
    "dnskey without Zone bit",
    { domainName, dnskey: dnskey.replace("257", "1") },
    "dnskey",
    "flags 1 lack the Zone Key bit (256): no DS may refer to this key; a KSK has flags 257 (RFC 4034 section 5.2)",
  ],
  [
    "dnskey revoked",
    { domainName, dnskey: dnskey.replace("257", "385") },
    "dnskey",
    "flags 385 have the REVOKE bit (128): this key is being retired; use one that is not revoked, flags 257 (RFC 5011 section 2.1)",
  ],
  [
    "dnskey of another protocol",
    { domainName, dnskey: dnskey.replace("257 3", "257 2") },
    "dnskey",
    "protocol of a DNSKEY must be 3, got 2 (RFC 4034 section 2.1.2)",
  ],
  [
    "dnskey cut short",
    { domainName, dnskey: "257 3 13 AAAA" },
    "dnskey",
    "public key of algorithm 13 (ECDSAP256SHA256) must have 64 octets, got 3 (RFC 6605 section 4)",
  ],
  [
    "dnskey of algorithm 0",
    { domainName, dnskey: "257 3 0 AQ==" },
    "dnskey",
    `algorithm 0 (DELETE) exists in CDS and CDNSKEY only, never in DS (RFC 8078 section 4): ${instead}`,
  ],
  [
    "a digest type that cannot be computed",
    { domainName, dnskey, digestType: 3 },
    "digestType",
    "a digest of type 3 cannot be computed here: use 2 (SHA-256) or 4 (SHA-384)",
  ],
  [
    "dnskey with digest type 0",
    { domainName, dnskey, digestType: 0 },
    "digestType",
    "digest type 0 (null) exists in CDS only, never in DS (RFC 8078 section 4): use 2 (SHA-256)",
  ],
  [
    "dnskey with ds that cannot be compared",
    { domainName, dnskey, ds: `2371 13 3 ${other256}` },
    "ds",
    "ds cannot be compared with dnskey: a digest of type 3 cannot be computed here: use 2 (SHA-256) or 4 (SHA-384)",
  ],
];

export const formRefusals: Readonly<Record<string, readonly Refusal[]>> = {
  "key tag": keyTags,
  algorithm: algorithms,
  "digest type and digest": digests,
  ds: dsTexts,
  dnskey: dnskeys,
};
