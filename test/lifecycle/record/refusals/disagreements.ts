import { dnskey, domainName, ds, sha256, sha384 } from "../exampleRecord";
import type { Refusal } from "./refusal";

const other256 = "ab".repeat(32);

export const disagreements: readonly Refusal[] = [
  [
    "key tag and ds",
    { domainName, keyTag: 2371, ds: `2372 13 2 ${sha256}` },
    "keyTag",
    "keyTag 2371 disagrees with ds, which says 2372",
  ],
  [
    "algorithm and ds",
    { domainName, algorithm: "ED25519", ds },
    "algorithm",
    "algorithm 15 disagrees with ds, which says 13",
  ],
  [
    "digest type and ds",
    { domainName, digestType: 4, ds },
    "digestType",
    "digestType 4 disagrees with ds, which says 2",
  ],
  [
    "digest and ds",
    { domainName, digest: other256, ds },
    "digest",
    `digest ${other256} disagrees with ds, which says ${sha256}`,
  ],
  [
    "key tag and dnskey",
    { domainName, keyTag: 1, dnskey },
    "keyTag",
    "keyTag 1 disagrees with dnskey, which says 2371",
  ],
  [
    "algorithm and dnskey",
    { domainName, algorithm: 8, dnskey },
    "algorithm",
    "algorithm 8 disagrees with dnskey, which says 13",
  ],
  [
    "digest and dnskey",
    { domainName, digest: other256, dnskey },
    "digest",
    `digest ${other256} disagrees with dnskey, which says ${sha256} (digest type 2)`,
  ],
  [
    "a longer digest and dnskey",
    { domainName, digest: sha384, dnskey },
    "digest",
    `digest ${sha384} disagrees with dnskey, which says ${sha256} (digest type 2)`,
  ],
  [
    "ds and dnskey, key tag",
    { domainName, ds: `1 13 2 ${sha256}`, dnskey },
    "ds",
    "keyTag 1 of ds disagrees with dnskey, which says 2371",
  ],
  [
    "ds and dnskey, digest",
    { domainName, ds: `2371 13 2 ${other256}`, dnskey },
    "ds",
    `digest ${other256} of ds disagrees with dnskey, which says ${sha256} (digest type 2)`,
  ],
  [
    "ds and dnskey, digest of another type",
    { domainName, ds: `2371 13 4 ${"ab".repeat(48)}`, dnskey },
    "ds",
    `digest ${"ab".repeat(48)} of ds disagrees with dnskey, which says ${sha384} (digest type 4)`,
  ],
  [
    "a digest without end",
    { domainName, digest: "ab".repeat(100), ds },
    "digest",
    `digest "${"ab".repeat(40)}"… (200 characters) disagrees with ds, which says ${sha256}`,
  ],
];
