import { broke, broken, expired, good, many, signed, stranger, whole } from "./dataSigning";
import { octets } from "./forge";
import { k, onlyForBind, onlyForUnbound, type bogus, type DataSignature, type Row } from "./zones";

const beside = (title: string, ...data: readonly DataSignature[]) => ({
  title: `data, in this order: ${title}`,
  making: signed(...data),
});
const first = (row: ReturnType<typeof beside>, ...reasons: Parameters<typeof bogus>[2][]) =>
  broke(row.title, row.making, ...reasons);

/** BIND and unbound try the signatures in the server's order, and give up each in its own way. */
export const dataOrderRows: readonly Row[] = [
  { ...first(beside("wrong, good", broken, good), "DATA_SIGNATURE_INVALID"), ...onlyForBind },
  {
    ...first(beside("wrong by the KSK, good", { ...broken, by: k }, good), "DATA_SIGNATURE_INVALID"),
    ...onlyForBind,
  },
  {
    ...first(beside("wrong, of no key, good", broken, { by: stranger }, good), "DATA_SIGNATURE_INVALID"),
    ...onlyForBind,
  },
  whole("data, in this order: good, three wrong", signed(good, ...many(3, broken))),
  { ...first(beside("expired, good", expired, good), "DATA_SIGNATURE_EXPIRED"), ...onlyForBind },
  {
    ...first(beside("expired by the KSK, good", { ...expired, by: k }, good), "DATA_SIGNATURE_EXPIRED"),
    ...onlyForBind,
  },
  {
    ...first(
      beside("expired, unsupported, good", expired, { algorithm: 200 }, good),
      "DATA_SIGNATURE_EXPIRED",
    ),
    ...onlyForBind,
  },
  {
    ...first(
      beside("expired, the parent's name, good", expired, { signer: "test" }, good),
      "DATA_SIGNATURE_EXPIRED",
    ),
    ...onlyForBind,
  },
  whole("data, in this order: expired, of no key, good", signed(expired, { by: stranger }, good)),
  whole("data, in this order: expired, expired, good", signed(...many(2, expired), good)),
  whole("data, in this order: good, expired", signed(good, expired)),
  {
    ...first(beside("not yet valid, good", { inception: 600 }, good), "DATA_SIGNATURE_NOT_YET_VALID"),
    ...onlyForBind,
  },
  whole("data, in this order: good, not yet valid", signed(good, { inception: 600 })),
  whole("data, in this order: eight expired, good", signed(...many(8, expired), good)),
  first(beside("nine expired, good", ...many(9, expired), good), "TOO_MUCH_WORK"),
  {
    ...first(beside("ten expired, good", ...many(10, expired), good), "TOO_MUCH_WORK"),
    ...onlyForUnbound,
  },
  whole("data, in this order: sixteen of no key, good", signed(...many(16, { by: stranger }), good)),
  {
    ...first(beside("the parent's name, good", { signer: "test" }, good), "DATA_SIGNATURE_INVALID"),
    ...onlyForUnbound,
  },
  whole("data, in this order: good, the parent's name", signed(good, { signer: "test" })),
  {
    ...first(beside("good, more labels", good, { labels: 4, by: stranger }), "DATA_SIGNATURE_INVALID"),
    ...onlyForUnbound,
  },
  first(beside("good, of a wildcard", good, { labels: 1, by: stranger }), "DATA_SIGNATURE_INVALID"),
  {
    ...first(beside("an empty one, good", { mangled: () => octets() }, good), "RECORD_MALFORMED"),
    ...onlyForBind,
  },
];
