import * as pulumi from "@pulumi/pulumi";
import { serviceVariables } from "../../config";
import { nearestOf } from "../../wording/nearest";
import { dnsVariables } from "../../preflight/settings";

const namespace = "alicloud-dnssec";
const variablePrefix = "ALICLOUD_DNSSEC_";

/** Settings that are kept as secrets. */
export const secretSettings: readonly string[] = ["accessKeyId", "accessKeySecret", "securityToken"];

/** Keys of the configuration, without the namespace, in the order of the documentation. */
export const settingNames: readonly string[] = [
  ...secretSettings,
  ...Object.keys(serviceVariables),
  ...Object.keys(dnsVariables),
];

const variables: readonly string[] = Object.values({ ...serviceVariables, ...dnsVariables }).flatMap(
  (name) => name ?? [],
);

/** Maximum number of typing errors in the namespace. */
const maxNamespaceSlips = 2;

/**
 * Returns a sentence for each key and variable that looks like a setting of this package but is not
 * one.
 *
 * @param keys Keys of the stack's configuration: `alicloud-dnssec:preflght`.
 * @param names Names of the environment's variables.
 * @param project The program's project. Its own keys are left alone, unless they resemble a setting
 *   of this package.
 */
export function unknownSettings(
  keys: readonly string[],
  names: readonly string[],
  project: string,
): string[] {
  return [
    ...keys.flatMap((key) => keyFault(key, project) ?? []),
    ...names.flatMap((name) => variableFault(name) ?? []),
  ];
}

function keyFault(key: string, project: string): string | undefined {
  const [space = "", name = ""] = key.split(/:(.*)/s);
  const isOurs = space === namespace;
  const isNear = nearestOf(space, [namespace], () => maxNamespaceSlips) !== undefined;
  if (!isNear || (isOurs && settingNames.includes(name)) || (!isOurs && space === project)) return undefined;
  const nearest = nearestOf(name, settingNames);
  if (nearest === undefined && (!isOurs || space === project)) return undefined;
  return without(`The configuration's ${key}`, nearest && `${namespace}:${nearest}`, settingNames);
}

function variableFault(name: string): string | undefined {
  if (!name.startsWith(variablePrefix) || variables.includes(name)) return undefined;
  const nearest = nearestOf(name.slice(variablePrefix.length), variables.map(withoutPrefix));
  return without(`The environment's ${name}`, nearest && variablePrefix + nearest, variables);
}

function withoutPrefix(variable: string): string {
  return variable.slice(variablePrefix.length);
}

function without(what: string, nearest: string | undefined, all: readonly string[]): string {
  const hint = nearest ? `Did you mean ${nearest}?` : `The settings are ${all.join(", ")}.`;
  return `${what} is not a setting of pulumi-alicloud-dnssec and has no effect. ${hint}`;
}

/** Runs that have been warned, by their connection to the engine. */
const warned = new WeakSet<object>();

/**
 * Warns once a run of settings that have no effect, because one may be a safety check that is
 * missing.
 */
export function warnOfUnknownSettings(): void {
  const engine = pulumi.runtime.getEngine();
  if (engine === undefined || warned.has(engine)) return;
  warned.add(engine);
  const keys = Object.keys(pulumi.runtime.allConfig());
  for (const text of unknownSettings(keys, Object.keys(process.env), pulumi.getProject())) {
    // A warning that cannot be shown is no reason to fail the run.
    pulumi.log.warn(text).catch(() => undefined);
  }
}
