import { writeCanonicalRrset } from "../../../provider/dnssec/canonicalForm";
import { judgeDelegation } from "../../../provider/preflight/judge";
import { loadKey, readPublishedKey } from "../../../provider/preflight/validator/publishedKey";
import { readRrsig } from "../../../provider/preflight/validator/rrsig";
import { dsOf, octets, tagOf, uint16, wireName } from "./forge";
import { dnskeyOf, rrsigOf, secondsOf } from "./zoneFields";
import { soaOf } from "./zones";

const fields = (text: string) => text.trim().split(/\s+/);

describe("zones that RFCs publish", () => {
  test.each([
    {
      source: "RFC 4035 appendix A",
      tags: [38519, 9465],
      keys: [
        `256 3 5 AQOy1bZVvpPqhg4j7EJoM9rI3ZmyEx2OzDBVrZy/lvI5CQePxXHZS4i8dANH4DX3tbHol61ek8EFMcsGXxKciJFH
         yhl94C+NwILQdzsUlSFovBZsyl/NX6yEbtw/xN9ZNcrbYvgjjZ/UVPZIySFNsgEYvh0z2542lzMKR4Dh8uZffQ==`,
        `257 3 5 AQOeX7+baTmvpVHb2CcLnL1dMRWbuscRvHXlLnXwDzvqp4tZVKp1sZMepFb8MvxhhW3y/0QZsyCjczGJ1qk8vJe5
         2iOhInKROVLRwxGpMfzPRLMlGybr51bOV/1se0ODacj3DomyB4QB5gKTYot/K9alk5/j8vfd4jWCWD+E1Sze0Q==`,
      ],
      signatures: [
        `DNSKEY 5 1 3600 20040509183619 20040409183619 9465 example. ZxgauAuIj+k1YoVEOSlZfx41fcmKzTFHoweZ
         xYnz99JVQZJ33wFS0Q0jcP7VXKkaElXk9nYJXevO/7nAbo88iWsMkSpSR6jWzYYKwfrBI/L9hjYmyVO9m6FjQ7uwM4dCP/bI
         uV/DKqOAK9NYNC3AHfvCV1Tp4VKDqxqG7R5tTVM=`,
        `DNSKEY 5 1 3600 20040509183619 20040409183619 38519 example. eGL0s90glUqcOmloo/2y+bSzyEfKVOQViD9Z
         DNhLz/Yn9CQZlDVRJffACQDAUhXpU/oP34ribKBpysRXosczFrKqS5Oa0bzMOfXCXup9qHApeFIku28Vqfr8Nt7cigZLxjK+
         u0Ws/4lIRjKk7z5OXogYVaFzHKillDt3HRxHIZM=`,
      ],
      soa: soaOf(
        wireName("ns1.example"),
        wireName("bugs.x.w.example"),
        [1081539377, 3600, 300, 3600000, 3600],
      ),
      soaSignature: `SOA 5 1 3600 20040509183619 20040409183619 38519 example. ONx0k36rcjaxYtcNgq6iQnpNV5+drqYAsC9h
         7TSJaHCqbhE67Sr6aH2xDUGcqQWu/n0UVzrFvkgO9ebarZ0GWDKcuwlM6eNB5SiX2K74l5LWDA7S/Un/IbtDq4Ay8NMNLQI7Dw7n
         4p8/rjkBjV7j86HyQgM5e7+miRAz8V01b0I=`,
      during: "20040420000000",
      after: "20040510000000",
    },
    {
      source: "RFC 5155 appendix A",
      tags: [40430, 12708],
      keys: [
        `256 3 7 AwEAAaetidLzsKWUt4swWR8yu0wPHPiUi8LUsAD0QPWU+wzt89epO6tHzkMBVDkC7qphQO2hTY4hHn9npWFRw5BY
         ubE=`,
        `257 3 7 AwEAAcUlFV1vhmqx6NSOUOq2R/dsR7Xm3upJj7IommWSpJABVfW8Q0rOvXdM6kzt+TAu92L9AbsUdblMFin8CVF3
         n4s=`,
      ],
      signatures: [
        `DNSKEY 7 1 3600 20150420235959 20051021000000 12708 example. AuU4juU9RaxescSmStrQks3Gh9FblGBlVU31
         uzMZ/U/FpsUb8aC6QZS+sTsJXnLnz7flGOsmMGQZf3bH+QsCtg==`,
      ],
      soa: soaOf(wireName("ns1.example"), wireName("bugs.x.w.example"), [1, 3600, 300, 3600000, 3600]),
      soaSignature: `SOA 7 1 3600 20150420235959 20051021000000 40430 example. Hu25UIyNPmvPIVBrldN+9Mlp9Zql39qaUd8i
         q4ZLlYWfUUbbAS41pG+68z81q1xhkYAcEyHdVI2LmKusbZsT0Q==`,
      during: "20100101000000",
      after: "20150421000000",
    },
  ])("$source", ({ tags, during, after, ...zone }) => {
    const keys = zone.keys.map((key) => dnskeyOf(fields(key)));
    expect(keys.map(tagOf)).toEqual(tags);
    const signatures = zone.signatures.map((signature) => rrsigOf(fields(signature)));
    const data = { soa: [zone.soa], signatures: [rrsigOf(fields(zone.soaSignature))] };
    const answers = [{ server: "ns1", outcome: "answered", keys, signatures, data } as const];
    const statusAt = (date: string) => {
      const ds = keys.slice(1).map((key) => dsOf("example", key));
      return judgeDelegation({
        domainName: "example",
        ds,
        observed: { answers },
        now: 1000 * secondsOf(date),
      });
    };
    expect(statusAt(during)).toMatchObject({ status: "secure", reasons: [{ code: "CHAIN_COMPLETE" }] });
    expect(statusAt(after)).toMatchObject({ status: "bogus", reasons: [{ code: "SIGNATURE_EXPIRED" }] });
  });
});

const a = (last: number) => Buffer.of(192, 0, 2, last);
const mx = octets(uint16(10), wireName("mail.example.com"));

describe("signatures that RFCs publish", () => {
  test.each([
    {
      source: "RFC 5702 section 6.1",
      key: `256 3 8 AwEAAcFcGsaxxdgiuuGmCkVImy4h99CqT7jwY3pexPGcnUFtR2Fh36BponcwtkZ4cAgtvd4Qs8PkxUdp6p/DlUmO
            bdk=`,
      owner: "www.example.net",
      rdata: a(91),
      signature: `A 8 3 3600 20300101000000 20000101000000 9033 example.net. kRCOH6u7l0QGy9qpC9l1sLncJcOKFLJ7
                  GhiUOibu4teYp5VE9RncriShZNz85mwlMgNEacFYK/lPtPiVYP4bwg==`,
    },
    {
      source: "RFC 5702 section 6.2",
      key: `256 3 10 AwEAAdHoNTOW+et86KuJOWRDp1pndvwb6Y83nSVXXyLA3DLroROUkN6X0O6pnWnjJQujX/AyhqFDxj13tOnD9u/1
            kTg7cV6rklMrZDtJCQ5PCl/D7QNPsgVsMu1J2Q8gpMpztNFLpPBz1bWXjDtaR7ZQBlZ3PFY12ZTSncorffcGmhOL`,
      owner: "www.example.net",
      rdata: a(91),
      signature: `A 10 3 3600 20300101000000 20000101000000 3740 example.net. tsb4wnjRUDnB1BUi+t6TMTXThjVnG+eC
                  kWqjvvjhzQL1d0YRoOe0CbxrVDYd0xDtsuJRaeUw1ep94PzEWzr0iGYgZBWm/zpq+9fOuagYJRfDqfReKBzMweOLDiNa
                  8iP5g9vMhpuv6OPlvpXwm9Sa9ZXIbNl1MBGk0fthPgxdDLw=`,
    },
    {
      source: "RFC 6605 section 6.1",
      key: `257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==`,
      owner: "www.example.net",
      rdata: a(1),
      signature: `A 13 3 3600 20100909100439 20100812100439 55648 example.net. qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8o
                  Mz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw==`,
    },
    {
      source: "RFC 6605 section 6.2",
      key: `257 3 14 xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8
            /uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40`,
      owner: "www.example.net",
      rdata: a(1),
      signature: `A 14 3 3600 20100909102025 20100812102025 10771 example.net. /L5hDKIvGDyI1fcARX3z65qrmPsVz73Q
                  D1Mr5CEqOiLP95hxQouuroGCeZOvzFaxsT8Glr74hbavRKayJNuydCuzWTSSPdz7wnqXL5bdcJzusdnI0RSMROxxwGip
                  WcJm`,
    },
    // RFC 8080 prints its RRSIGs without the algorithm, and with a wrong number of labels.
    {
      source: "RFC 8080 section 6.1, first",
      key: `257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=`,
      owner: "example.com",
      rdata: mx,
      signature: `MX 15 3 3600 1440021600 1438207200 3613 example.com. Edk+IB9KNNWg0HAjm7FazXyrd5m3Rk8zNZbvNpAcM+ey
                  sqcUOMIjWoevFkjH5GaMWeG96GUVZu6ECKOQmemHDg==`,
    },
    {
      source: "RFC 8080 section 6.1, second",
      key: `257 3 15 zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs=`,
      owner: "example.com",
      rdata: mx,
      signature: `MX 15 3 3600 1440021600 1438207200 35217 example.com. 5LL2obmzdqjWI+Xto5eP5adXt/T5tMhasWvwcyW4L3Sz
                  fcRawOle9bodhC+oip9ayUGjY9T/rL4rN3bOuESGDA==`,
    },
    {
      source: "RFC 8080 section 6.2, first",
      key: `257 3 16 3kgROaDjrh0H2iuixWBrc8g2EpBBLCdGzHmn+G2MpTPhpj/OiBVHHSfPodx1FYYUcJKm1MDpJtIA`,
      owner: "example.com",
      rdata: mx,
      signature: `MX 16 3 3600 1440021600 1438207200 9713 example.com. Nmc0rgGKpr3GKYXcB1JmqqS4NYwhmechvJTqVzt3jR+Q
                  y/lSLFoIk1L+9e39GPL+5tVzDPN3f9kAwiu8KCuPPjtl227ayaCZtRKZuJax7n9NuYlZJIusX0SOIOKBGzG+yWYtz1/jj
                  bzl5GGkWvREUCUA`,
    },
    {
      source: "RFC 8080 section 6.2, second",
      key: `257 3 16 kkreGWoccSDmUBGAe7+zsbG6ZAFQp+syPmYUurBRQc3tDjeMCJcVMRDmgcNLp5HlHAMy12VoISsA`,
      owner: "example.com",
      rdata: mx,
      signature: `MX 16 3 3600 1440021600 1438207200 38353 example.com. +JjANio/LIzp7osmMYE5XD3H/YES8kXs5Vb9H8MjPS8OA
                  GZMD37+LsCIcjg5ivt0d4Om/UaqETEAsJjaYe56CEQP5lhRWuD2ivBqE0zfwJTyp4WqvpULbpvaukswvv/WNEFxzEYQEIm
                  9+xDlXj4pMAMA`,
    },
  ])("$source", ({ key, owner, rdata, signature }) => {
    const published = readPublishedKey(dnskeyOf(fields(key)));
    const rrsig = readRrsig(rrsigOf(fields(signature)));
    if (published === undefined || rrsig === undefined) throw new Error("The vector cannot be read.");
    expect(rrsig.keyTag).toBe(published.tag);
    const loaded = loadKey(published);
    if ("fault" in loaded) throw new Error(loaded.fault);
    const rrset = writeCanonicalRrset(wireName(owner), rrsig.typeCovered, rrsig.originalTtl, [rdata]);
    const data = Buffer.concat([rrsig.fixed, rrsig.signer, rrset]);
    expect(loaded.verifies(data, rrsig.signature)).toBe(true);
    expect(loaded.verifies(octets(data, 0), rrsig.signature)).toBe(false);
  });
});
