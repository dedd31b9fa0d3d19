import { inPlace, placeOf, projectOf, resourceOf } from "../../../provider/lifecycle/ledger/urn";

const type = "pulumi-nodejs:dynamic/alicloud-dnssec:DsRecord";

test.each<[string, string | undefined, string | undefined, string]>([
  [`urn:pulumi:dev::shop::${type}::ksk`, "dev::shop", "shop", `${type}::ksk`],
  [`urn:pulumi:dev::shop::my:index:Zone$${type}::ksk`, "dev::shop", "shop", `my:index:Zone$${type}::ksk`],
  [`urn:pulumi:dev::shop::${type}::a::b`, "dev::shop", "shop", `${type}::a::b`],
  [`urn:pulumi:a.b/c::shop::${type}::`, undefined, undefined, `urn:pulumi:a.b/c::shop::${type}::`],
  ["urn:old", undefined, undefined, "urn:old"],
  ["", undefined, undefined, ""],
])("%s", (urn, place, project, resource) => {
  expect([placeOf(urn), projectOf(urn), resourceOf(urn)]).toEqual([place, project, resource]);
  expect(inPlace(urn, "prod::store")).toBe(place ? urn.replace("dev::shop", "prod::store") : urn);
});
