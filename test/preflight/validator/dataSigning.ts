import { ecdsaKey, flipped, zsk, type ForgedKey } from "./forge";
import { bogus, day, k, secure, z, zone, type DataSignature, type Row } from "./zones";

// In all of these, the DNSKEY RRset is right, and validators are asked for the SOA record.

export const stranger = ecdsaKey(zsk);

export const signed = (...data: readonly DataSignature[]) => zone({ data });
export const withKeys = (keys: readonly ForgedKey[], ...data: readonly DataSignature[]) =>
  zone({ keys: [k.rdata, z.rdata, ...keys.map(({ rdata }) => rdata)], data });
export const good: DataSignature = {};
export const broken: DataSignature = { mangled: flipped };
export const expired: DataSignature = { expiration: -3 * day, inception: -9 * day };
export const many = (count: number, one: DataSignature) =>
  Array.from({ length: count }, (_, index) => ({ ...one, inception: -9 * day - index }));

export const whole = (
  title: string,
  making: Row["zone"],
  ...warnings: Parameters<typeof secure>[2][]
): Row => ({
  ...secure(title, making, ...warnings),
  asksSoa: true,
});
export const broke = (
  title: string,
  making: Row["zone"],
  ...reasons: Parameters<typeof bogus>[2][]
): Row => ({
  ...bogus(title, making, ...reasons),
  asksSoa: true,
});
