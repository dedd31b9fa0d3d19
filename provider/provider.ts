/**
 * The module that closures in Pulumi's state load by name, in Pulumi's dynamic provider process. A
 * frozen contract, because states of every released version load it: these exports, most with the
 * signatures of Pulumi's `dynamic.ResourceProvider`.
 */
// Imported first, so that its error comes before p-retry is loaded.
import "./nodeVersion";
import type { ConfigReader } from "./config";
import { dynamicProvider } from "./dynamic/process/dynamicProvider";

type PropertyBag = Readonly<Record<string, unknown>>;

export function configure(request: { config: ConfigReader }): Promise<void> {
  return dynamicProvider().configure(request);
}

export function check(olds: PropertyBag, news: PropertyBag) {
  return dynamicProvider().check(olds, news);
}

export function diff(id: string, olds: PropertyBag, news: PropertyBag) {
  return dynamicProvider().diff(id, olds, news);
}

export function create(inputs: PropertyBag) {
  return dynamicProvider().create(inputs);
}

export function read(id: string, props?: PropertyBag) {
  return dynamicProvider().read(id, props);
}

export function update(id: string, olds: PropertyBag, news: PropertyBag) {
  return dynamicProvider().update(id, olds, news);
}

function remove(id: string, props: PropertyBag) {
  return dynamicProvider().delete(id, props);
}
export { remove as delete };

/**
 * Makes the closure of a `DsRecord` its provider. Synchronous and without failure, since Pulumi
 * calls the methods at once.
 *
 * @example load("pulumi-alicloud-dnssec/provider").dsRecord(this, request);
 */
export function dsRecord(closure: object, request: { config: ConfigReader }): void {
  Object.assign(closure, { check, diff, create, read, update, delete: remove });
  void configure(request);
}
