import { createRequire } from "node:module";

/**
 * Keeps a library quiet that prints with the package `debug` when DEBUG is set: what it signs and what it is answered
 * holds credentials.
 *
 * @param packages The library, by the way there: each is found from the one before.
 */
export function silenceDebug(...packages: readonly string[]): void {
  let load: NodeJS.Require = require;
  for (const name of packages) load = createRequire(load.resolve(name));
  (load("debug") as { disable(): void }).disable();
}
