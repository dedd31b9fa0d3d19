import type { Layer } from "./layer";

/** The emulator's rooms. None of them imports anything of the provider. */
export const emulatorLayers: Readonly<Record<string, Layer>> = {
  "emulator/index.ts": {
    imports: ["emulator/runningEmulator.ts", "emulator/clock.ts", "emulator/dns/zones/conditions.ts"],
    types: ["emulator"],
    usesNoLeaves: true,
  },
  "emulator/runningEmulator.ts": {
    imports: [
      "emulator/gateway",
      "emulator/control",
      "emulator/registrar",
      "emulator/dns",
      "emulator/stateFile.ts",
      "emulator/clock.ts",
    ],
    types: ["emulator/emulator.ts", "emulator/ds.ts"],
    builtins: ["node:crypto"],
    usesNoLeaves: true,
  },
  "emulator/emulator.ts": {
    types: ["emulator/control", "emulator/registrar", "emulator/dns", "emulator/clock.ts", "emulator/ds.ts"],
    usesNoLeaves: true,
  },
  "emulator/stateFile.ts": {
    types: ["emulator/registrar", "emulator/dns"],
    builtins: ["node:fs"],
    usesNoLeaves: true,
  },
  "emulator/gateway": {
    imports: ["emulator/control", "emulator/registrar", "emulator/wire"],
    types: ["emulator/clock.ts"],
    builtins: ["node:events", "node:http", "node:net"],
    usesNoLeaves: true,
  },
  "emulator/control": {
    imports: ["emulator/registrar", "emulator/wire", "emulator/log.ts"],
    builtins: ["node:crypto"],
    usesNoLeaves: true,
  },
  "emulator/registrar": {
    imports: ["emulator/wire"],
    types: ["emulator/clock.ts", "emulator/ds.ts"],
    builtins: ["node:crypto"],
    usesNoLeaves: true,
  },
  "emulator/wire": { builtins: ["node:crypto"], usesNoLeaves: true },
  "emulator/dns/protocol": { types: ["emulator/ds.ts"], builtins: ["node:url"], usesNoLeaves: true },
  "emulator/dns/zones": {
    imports: ["emulator/dns/protocol"],
    types: ["emulator/clock.ts", "emulator/ds.ts"],
    builtins: ["node:crypto"],
    usesNoLeaves: true,
  },
  "emulator/dns": {
    imports: ["emulator/clock.ts", "emulator/log.ts"],
    types: ["emulator/registrar/domains.ts", "emulator/ds.ts"],
    builtins: ["node:dgram", "node:events", "node:net"],
    usesNoLeaves: true,
  },
  "emulator/clock.ts": { usesNoLeaves: true },
  "emulator/ds.ts": { usesNoLeaves: true },
  "emulator/log.ts": { usesNoLeaves: true },
};
