/**
 * Stack and project of a URN, in one text: all resources of one process share them. `pulumi stack rename` and
 * `pulumi state move` change them.
 *
 * @example placeOf("urn:pulumi:dev::shop::pkg:index:Type::name"); // "dev::shop"
 */
export function placeOf(urn: string): string | undefined {
  return partsOf(urn)?.place;
}

/**
 * What a URN says of a resource within its stack: the types of its parents, its own type and its name.
 *
 * @returns The text itself, where it is not a URN.
 * @example resourceOf("urn:pulumi:dev::shop::pkg:index:Type::name"); // "pkg:index:Type::name"
 */
export function resourceOf(urn: string): string {
  return partsOf(urn)?.resource ?? urn;
}

/** The project of a URN. */
export function projectOf(urn: string): string | undefined {
  return placeOf(urn)?.split("::")[1];
}

/** The URN that a resource has in another place. */
export function inPlace(urn: string, place: string): string {
  const resource = partsOf(urn)?.resource;
  return resource === undefined ? urn : `urn:pulumi:${place}::${resource}`;
}

/** A name may contain anything, two colons too. */
function partsOf(urn: string): { place: string; resource: string } | undefined {
  const [, place, resource] = /^urn:pulumi:(.+?::.+?)::(.+?::.+)$/s.exec(urn) ?? [];
  return place === undefined || resource === undefined ? undefined : { place, resource };
}
