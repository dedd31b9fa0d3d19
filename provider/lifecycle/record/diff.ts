import { isDeepStrictEqual } from "node:util";
import { domainName } from "../../dnssec/name";
import { parseRecordId, type RecordIdentity } from "../change/request/identity";
import { computedOutputs, type PropertyBag } from "./state";
import { isUnknown } from "./inputs/unknown";

export interface DiffResult {
  readonly changes: boolean;
  readonly replaces: string[];
  readonly deleteBeforeReplace: false;
}

/**
 * Compares the outputs in the state with the program's checked inputs. Another domain or key tag is
 * another record at the registrar, so it is a replacement, and the new record comes first. An
 * unknown value announces no replacement. Never throws, because the state may be of another version
 * or edited by hand.
 */
export function diffRecords(id: unknown, olds: PropertyBag, news: PropertyBag): DiffResult {
  const old = identityOf(id, olds);
  const replaces = [
    ...(isAnotherDomain(old.domain, news["domainName"]) ? ["domainName"] : []),
    ...(isAnotherValue(old.keyTag, news["keyTag"]) ? ["keyTag"] : []),
  ];
  const changes =
    replaces.length > 0 ||
    isPresent(olds["pending"]) ||
    names(olds, news).some((name) => differs(name, olds, news));
  return { changes, replaces, deleteBeforeReplace: false };
}

function identityOf(id: unknown, olds: PropertyBag): Partial<RecordIdentity> {
  try {
    return parseRecordId(id);
  } catch {
    const { domainName: domain, keyTag } = olds;
    return {
      ...(typeof domain === "string" && { domain: canonical(domain) as string }),
      ...(typeof keyTag === "number" && { keyTag }),
    };
  }
}

/**
 * Returns the names to compare: those of all inputs, present and former, without outputs that are
 * only computed.
 */
function names(olds: PropertyBag, news: PropertyBag): string[] {
  const computed: readonly string[] = computedOutputs;
  const kept = Object.keys(olds).filter((name) => !computed.includes(name));
  return [...new Set([...kept, ...Object.keys(news)])];
}

function differs(name: string, olds: PropertyBag, news: PropertyBag): boolean {
  const [old, wanted] = [olds[name] ?? undefined, news[name] ?? undefined];
  if (name === "domainName") return !isDeepStrictEqual(canonical(old), canonical(wanted));
  return !isDeepStrictEqual(old, wanted);
}

function isAnotherDomain(old: string | undefined, wanted: unknown): boolean {
  return isAnotherValue(old, isUnknown(wanted) ? undefined : canonical(wanted));
}

function isAnotherValue(old: unknown, wanted: unknown): boolean {
  return isPresent(old) && isPresent(wanted) && !isUnknown(wanted) && old !== wanted;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function canonical(name: unknown): unknown {
  if (typeof name !== "string") return name;
  try {
    return domainName(name);
  } catch {
    return name;
  }
}
