import { posix } from "node:path";
import { emulatorLayers } from "./emulatorArrows";
import type { Import } from "./imports";
import type { Layer } from "./layer";

/** Everything may import them. They import only each other. */
const leaves = ["provider/errors.ts", "provider/concurrency", "provider/wording"];

/**
 * The arrows of the design. An import that has no row here is a fault. The first row that holds a
 * file counts.
 */
const layers: Readonly<Record<string, Layer>> = {
  "provider/index.ts": {
    imports: ["provider/nodeVersion.ts", "provider/dynamic/program", "provider/preflight", "provider/dnssec"],
  },
  "provider/nodeVersion.ts": {},
  "provider/provider.ts": {
    imports: ["provider/nodeVersion.ts", "provider/dynamic/process"],
    types: ["provider/config.ts", "provider/records.ts"],
  },
  "provider/records.ts": {
    imports: [
      "provider/lifecycle",
      "provider/registrar",
      "provider/alicloud",
      "provider/preflight",
      "provider/config.ts",
    ],
    builtins: ["node:events", "node:util"],
  },
  "provider/config.ts": {
    imports: [
      "provider/dnssec/quoted.ts",
      "provider/alicloud/loopback.ts",
      "provider/alicloud/proxy.ts",
      "provider/alicloud/settings.ts",
    ],
    builtins: ["node:net"],
  },
  "provider/dynamic/program": {
    imports: ["provider/config.ts", "provider/preflight", "provider/dnssec"],
    builtins: ["node:fs", "node:module", "node:path"],
  },
  "provider/dynamic/process": {
    imports: ["provider/records.ts", "provider/dnssec"],
    types: ["provider/config.ts"],
    builtins: ["node:fs", "node:module", "node:util"],
  },
  // lifecycle, from the top: record -> change (safety | task -> wording -> request) -> domainQueue
  // -> context -> ledger.
  "provider/lifecycle/record": {
    imports: [
      "provider/lifecycle/change",
      "provider/lifecycle/domainQueue.ts",
      "provider/lifecycle/context.ts",
      "provider/lifecycle/ledger",
      "provider/lifecycle/ports.ts",
      "provider/lifecycle/call.ts",
      "provider/dnssec",
      "provider/preflight/policy.ts",
      "provider/preflight/settings.ts",
    ],
    types: ["provider/registrar/registrar.ts"],
    builtins: ["node:util"],
  },
  "provider/lifecycle/change/safety": {
    imports: [
      "provider/lifecycle/change/wording",
      "provider/lifecycle/change/request",
      "provider/lifecycle/context.ts",
      "provider/lifecycle/ledger",
      "provider/lifecycle/ports.ts",
      "provider/dnssec",
      "provider/preflight/policy.ts",
      "provider/preflight/verdictCodes.ts",
    ],
    types: ["provider/preflight/verdict.ts", "provider/registrar/registrar.ts"],
  },
  "provider/lifecycle/change/task": {
    imports: [
      "provider/lifecycle/change/wording",
      "provider/lifecycle/change/request",
      "provider/lifecycle/context.ts",
      "provider/lifecycle/ports.ts",
      "provider/dnssec",
    ],
    types: ["provider/registrar/registrar.ts"],
  },
  "provider/lifecycle/change/wording": {
    imports: ["provider/lifecycle/change/request", "provider/lifecycle/ports.ts"],
    types: ["provider/registrar/registrar.ts"],
  },
  "provider/lifecycle/change/request": {
    imports: ["provider/lifecycle/ports.ts", "provider/dnssec"],
    types: ["provider/preflight/settings.ts", "provider/registrar/registrar.ts"],
  },
  "provider/lifecycle/change": {
    imports: [
      "provider/lifecycle/domainQueue.ts",
      "provider/lifecycle/context.ts",
      "provider/lifecycle/ledger",
      "provider/dnssec",
    ],
    types: ["provider/dns/answers.ts", "provider/registrar/registrar.ts"],
  },
  "provider/lifecycle/domainQueue.ts": { imports: ["provider/lifecycle/context.ts"] },
  "provider/lifecycle/context.ts": {
    types: [
      "provider/lifecycle/ledger",
      "provider/lifecycle/ports.ts",
      "provider/preflight/settings.ts",
      "provider/registrar/registrar.ts",
    ],
  },
  "provider/lifecycle/ledger": {
    imports: ["provider/preflight/settings.ts"],
    types: ["provider/lifecycle/ports.ts", "provider/dnssec/ds.ts", "provider/registrar/registrar.ts"],
  },
  "provider/lifecycle/ports.ts": {
    types: [
      "provider/dnssec/ds.ts",
      "provider/dns/answers.ts",
      "provider/preflight/settings.ts",
      "provider/preflight/verdict.ts",
    ],
  },
  "provider/lifecycle/call.ts": {},
  "provider/registrar": {
    imports: ["provider/alicloud", "provider/dnssec"],
  },
  "provider/alicloud": {
    builtins: ["node:fs", "node:http", "node:https", "node:module", "node:net", "node:os", "node:path"],
  },
  "provider/preflight/validator": {
    imports: ["provider/dnssec", "provider/wording"],
    types: ["provider/dns/answers.ts", "provider/preflight/verdictCodes.ts"],
    builtins: ["node:crypto"],
    usesNoLeaves: true,
  },
  "provider/preflight": {
    imports: ["provider/dns", "provider/dnssec"],
    builtins: ["node:crypto", "node:dns"],
  },
  "provider/dns": {
    imports: ["provider/dnssec"],
    builtins: ["node:dgram", "node:net"],
  },
  "provider/dnssec": { builtins: ["node:crypto", "node:url"], usesNoLeaves: true },
  "provider/concurrency": { builtins: ["node:events"] },
  "provider/wording": {},
  "provider/errors.ts": { usesNoLeaves: true },
  cli: {
    imports: ["emulator/index.ts", "emulator/dns/protocol/name.ts"],
    builtins: ["node:util"],
    usesNoLeaves: true,
  },
  ...emulatorLayers,
};

/** The only files and folders that may load these packages, or name them. */
const importers: Readonly<Record<string, readonly string[]>> = {
  "@alicloud/credentials": ["provider/alicloud/credentials/credentials.ts"],
  "@alicloud/pop-core": ["provider/alicloud/transport.ts"],
  "https-proxy-agent": ["provider/alicloud/tunnelAgent.ts"],
  "p-retry": ["provider/alicloud/retry.ts"],
  "@pulumi/pulumi": ["provider/dynamic/program", "provider/dynamic/process/engineLog.ts"],
  "@grpc/grpc-js": ["provider/dynamic/process/engineLog.ts"],
  // Named to silence what they print and to send their calls through a proxy.
  httpx: ["provider/alicloud/credentials/credentials.ts", "provider/alicloud/transport.ts"],
  debug: ["provider/alicloud/silenceDebug.ts"],
  "pulumi-alicloud-dnssec": [
    "provider/dynamic/program/closure.ts",
    "provider/dynamic/program/servingPackage.ts",
  ],
};

export const packages: readonly string[] = Object.keys(importers);

/** The imports that the tables do not allow, each in a sentence. */
export function forbidden(imports: readonly Import[], files: ReadonlySet<string>): string[] {
  return imports.flatMap((reference) => {
    const fault = faultOf(reference, files);
    return fault === undefined ? [] : [`${reference.from} imports ${reference.specifier}: ${fault}`];
  });
}

/** The file that a relative import leads to. */
export function targetOf({ from, specifier }: Import): string {
  return `${posix.join(posix.dirname(from), specifier)}.ts`;
}

/** Whether a file or folder is, or has, the file. */
export function holds(place: string, file: string): boolean {
  return file === place || file.startsWith(`${place}/`);
}

function faultOf(reference: Import, files: ReadonlySet<string>): string | undefined {
  const { from, specifier, isStar } = reference;
  const [place, layer] = Object.entries(layers).find(([candidate]) => holds(candidate, from)) ?? [];
  if (place === undefined || layer === undefined) return "the importing file has no place in the table";
  if (isStar) return "everything that is exported has a name";
  if (specifier.startsWith("node:")) return builtinFault(specifier, layer);
  if (!specifier.startsWith(".")) return packageFault(reference);
  const target = targetOf(reference);
  if (!files.has(target)) return "there is no such file";
  const allowed = [
    place,
    ...(layer.imports ?? []),
    ...(layer.usesNoLeaves ? [] : leaves),
    ...(reference.isType ? (layer.types ?? []) : []),
  ];
  return allowed.some((candidate) => holds(candidate, target)) ? undefined : "no arrow points there";
}

function builtinFault(specifier: string, { builtins = [] }: Layer): string | undefined {
  return builtins.includes(specifier) ? undefined : "not one of its modules of Node";
}

function packageFault({ from, specifier }: Import): string | undefined {
  const [, places] = Object.entries(importers).find(([name]) => holds(name, specifier)) ?? [];
  if (places === undefined) return "the package has no place in the table";
  return places.some((place) => holds(place, from)) ? undefined : `only ${places.join(" and ")} may`;
}

/** Import cycles of values or types. */
export function cycles(imports: readonly Import[]): string[] {
  const next = new Map<string, string[]>();
  for (const reference of imports.filter(({ specifier }) => specifier.startsWith("."))) {
    next.set(reference.from, [...(next.get(reference.from) ?? []), targetOf(reference)]);
  }
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(" -> "));
    if (path.includes(file) || done.has(file)) return;
    for (const target of next.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return found;
}

/** Everything that is loaded with a file: files, packages and modules of Node. */
export function loadedWith(file: string, imports: readonly Import[], seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const reference of imports.filter(({ from, isType }) => from === file && !isType)) {
    if (reference.specifier.startsWith(".")) loadedWith(targetOf(reference), imports, seen);
    else seen.add(reference.specifier);
  }
  return seen;
}

/** The same imports between folders. A file beside folders counts as a folder of its own. */
export function betweenRooms(imports: readonly Import[]): Import[] {
  const local = imports.filter(({ specifier }) => specifier.startsWith("."));
  const folders = new Set(local.map(({ from }) => posix.dirname(from)));
  const roomOf = (file: string) => {
    const folder = posix.dirname(file);
    return [...folders].some((other) => other.startsWith(`${folder}/`)) ? file : `${folder}.ts`;
  };
  return local.flatMap((reference) => {
    const [from, to] = [roomOf(reference.from), roomOf(targetOf(reference))];
    const specifier = `./${posix.relative(posix.dirname(from), to).replace(/\.ts$/, "")}`;
    return from === to ? [] : [{ ...reference, from, specifier }];
  });
}
