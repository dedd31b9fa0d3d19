import type { Emulator } from "../../../emulator/index";

/** Returns whether a promise settles while the emulator answers other requests. */
export async function isSettled(emulator: Emulator, promise: Promise<unknown>): Promise<boolean> {
  const settled = jest.fn();
  promise.then(settled, settled);
  // The emulator refuses the requests of pages without a journal entry.
  for (let count = 0; count < 3; count += 1)
    expect((await fetch(emulator.url, { headers: { origin: "null" } })).status).toBe(403);
  return settled.mock.calls.length > 0;
}
