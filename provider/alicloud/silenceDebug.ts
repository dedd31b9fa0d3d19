import { createRequire } from "node:module";

/**
 * Stops a library from printing through the package `debug` when DEBUG is set, since its requests
 * and answers hold credentials.
 *
 * @param packages Path to the library: each package is found from the one before.
 * @example silenceDebug("@alicloud/pop-core", "httpx");
 */
export function silenceDebug(...packages: readonly string[]): void {
  let load: NodeJS.Require = require;
  for (const name of packages) load = createRequire(load.resolve(name));
  (load("debug") as { disable(): void }).disable();
}
