/**
 * Returns stack and project of a URN as one text. All resources of one process share them; `pulumi
 * stack rename` and `pulumi state move` change them.
 *
 * @example placeOf("urn:pulumi:dev::shop::pkg:index:Type::name"); // "dev::shop"
 */
export function placeOf(urn: string): string | undefined {
  return partsOf(urn)?.place;
}

/**
 * Returns the part of a URN that names a resource within its stack: the types of its parents, its
 * own type and its name. A text that is not a URN is returned as it is.
 * @example resourceOf("urn:pulumi:dev::shop::pkg:index:Type::name"); // "pkg:index:Type::name"
 */
export function resourceOf(urn: string): string {
  return partsOf(urn)?.resource ?? urn;
}

/** Returns the project of a URN. */
export function projectOf(urn: string): string | undefined {
  return placeOf(urn)?.split("::")[1];
}

/** Returns the URN that a resource has in another stack and project. */
export function inPlace(urn: string, place: string): string {
  const resource = partsOf(urn)?.resource;
  return resource === undefined ? urn : `urn:pulumi:${place}::${resource}`;
}

/** Splits a URN. A name may contain anything, even two colons. */
function partsOf(urn: string): { place: string; resource: string } | undefined {
  const [, place, resource] = /^urn:pulumi:(.+?::.+?)::(.+?::.+)$/s.exec(urn) ?? [];
  return place === undefined || resource === undefined ? undefined : { place, resource };
}
