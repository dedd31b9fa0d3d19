import {
  algorithmName,
  algorithmNumber,
  algorithms,
  digestTypeName,
  digestTypeNumber,
  digestTypes,
  findDigestType,
} from "../../provider/dnssec/registries";

describe("algorithm number", () => {
  test.each<[unknown, number | undefined]>([
    [13, 13],
    [0, 0],
    [255, 255],
    [200, 200],
    ["13", 13],
    ["013", 13],
    ["RSASHA256", 8],
    ["rsasha256", 8],
    ["ECDSAP256SHA256", 13],
    ["EcdsaP384Sha384", 14],
    ["ED25519", 15],
    ["ED448", 16],
    ["RSAMD5", 1],
    ["NSEC3RSASHA1", 7],
    ["RSASHA1-NSEC3-SHA1", 7],
    ["NSEC3DSA", 6],
    ["ECCGOST", 12],
    ["ECDSA256", 13],
    ["DELETE", 0],
    ["PRIVATEOID", 254],
    [256, undefined],
    [-1, undefined],
    [13.5, undefined],
    [NaN, undefined],
    [Infinity, undefined],
    ["", undefined],
    ["256", undefined],
    ["-1", undefined],
    [" 13", undefined],
    ["0x0d", undefined],
    ["1e1", undefined],
    ["RSA", undefined],
    ["reserved", undefined],
    ["SHA-256", undefined],
    [null, undefined],
    [undefined, undefined],
    [[13], undefined],
    [{}, undefined],
  ])("%p is %p", (input, expected) => {
    expect(algorithmNumber(input as string | number)).toBe(expected);
  });
});

describe("digest type number", () => {
  test.each<[unknown, number | undefined]>([
    [2, 2],
    [0, 0],
    [255, 255],
    [200, 200],
    ["2", 2],
    ["002", 2],
    ["SHA-1", 1],
    ["SHA1", 1],
    ["sha1", 1],
    ["SHA-256", 2],
    ["SHA256", 2],
    ["Sha256", 2],
    ["sha_256", 2],
    ["SHA 256", 2],
    ["GOST R 34.11-94", 3],
    ["GOST-R-34.11-94", 3],
    ["gost", 3],
    ["SHA384", 4],
    ["sha-384", 4],
    ["GOST R 34.11-2012", 5],
    ["GOST12", 5],
    ["SM3", 6],
    ["sm3", 6],
    [256, undefined],
    [-1, undefined],
    [2.5, undefined],
    ["", undefined],
    ["256", undefined],
    ["-2", undefined],
    [" 2", undefined],
    ["SHA", undefined],
    ["SHA-512", undefined],
    ["MD5", undefined],
    ["ECDSAP256SHA256", undefined],
    ["SHA\u00a0256", undefined],
    [null, undefined],
    [undefined, undefined],
    [["SHA-256"], undefined],
    [{}, undefined],
  ])("%p is %p", (input, expected) => {
    expect(digestTypeNumber(input as string | number)).toBe(expected);
  });
});

test("names", () => {
  expect([0, 5, 8, 9, 13, 15, 200, NaN].map(algorithmName)).toEqual([
    "DELETE",
    "RSASHA1",
    "RSASHA256",
    "reserved",
    "ECDSAP256SHA256",
    "ED25519",
    "unassigned",
    "unassigned",
  ]);
  expect([1, 2, 3, 4, 5, 6, 7].map(digestTypeName)).toEqual([
    "SHA-1",
    "SHA-256",
    "GOST R 34.11-94",
    "SHA-384",
    "GOST R 34.11-2012",
    "SM3",
    "unassigned",
  ]);
});

test("octets of digests 1 to 6 (IANA Digest Algorithms)", () => {
  expect([1, 2, 3, 4, 5, 6].map((number) => findDigestType(number)?.octets)).toEqual([
    20, 32, 32, 48, 32, 32,
  ]);
});

test("status of algorithms (RFC 9904 section 3, RFC 9905, RFC 9906)", () => {
  const withStatus = (status: string) =>
    algorithms.filter((row) => row.status === status).map((row) => row.number);
  expect(withStatus("recommended")).toEqual([8, 13, 15]);
  expect(withStatus("may")).toEqual([14, 16, 17, 23, 253, 254]);
  expect(withStatus("notRecommended")).toEqual([10]);
  expect(withStatus("mustNot")).toEqual([1, 3, 5, 6, 7, 12]);
  expect(withStatus("notForZones")).toEqual([2, 4, 252]);
  expect(withStatus("reserved")).toEqual([9, 11, 255]);
  expect(withStatus("delete")).toEqual([0]);
});

test("numbers and spellings are unique, and every row has a reference", () => {
  const numbers = algorithms.map((row) => row.number);
  const spellings = algorithms.flatMap((row) => [row.mnemonic, ...(row.aliases ?? [])]);
  const mnemonics = spellings.filter((spelling) => spelling !== "reserved");
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(new Set(mnemonics).size).toBe(mnemonics.length);
  expect(mnemonics.map((mnemonic) => mnemonic.toUpperCase())).toEqual(mnemonics);
  for (const { reference } of [...algorithms, ...digestTypes]) expect(reference).toMatch(/^RFC \d{4}/);
});
