import { Struct } from "google-protobuf/google/protobuf/struct_pb";

export type PropertyBag = Record<string, unknown>;

/** Pulumi's constant for a value that a preview does not know yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A secret as it travels between engine and provider. */
export function secret(value: unknown): PropertyBag {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

export function toStruct(bag: PropertyBag): Struct {
  return Struct.fromJavaScript(bag as Parameters<typeof Struct.fromJavaScript>[0]);
}

export function fromStruct(struct: Struct | undefined): PropertyBag | undefined {
  return struct?.toJavaScript();
}
