import { posix } from "node:path";
import type { Import } from "./imports";

interface Layer {
  /** The files and folders whose values it may use, beside its own and the leaves. */
  readonly imports?: readonly string[];
  /** The files and folders of which it may know the types, in addition. */
  readonly types?: readonly string[];
  readonly builtins?: readonly string[] | "any";
  readonly usesNoLeaves?: true;
}

/** They import nothing of this package, so that everything may import them. */
const leaves = [
  "provider/concurrency/clock.ts",
  "provider/alicloud/credentials/limits.ts",
  "provider/alicloud/silenceDebug.ts",
  "provider/errors.ts",
  "provider/wording/nearest.ts",
  "provider/dns/serverAddress.ts",
];

/** The arrows of the design (section 3). What is not in this table must not be. */
const layers: Readonly<Record<string, Layer>> = {
  "provider/index.ts": {
    imports: ["provider/nodeVersion.ts", "provider/pulumi", "provider/preflight", "provider/dnssec"],
  },
  "provider/nodeVersion.ts": {},
  "provider/pulumi": {
    imports: ["provider/config.ts", "provider/preflight", "provider/dnssec"],
    builtins: ["node:module"],
  },
  "provider/provider.ts": {
    imports: [
      "provider/nodeVersion.ts",
      "provider/lifecycle",
      "provider/registrar",
      "provider/preflight",
      "provider/dynamic/process/engineLog.ts",
      "provider/config.ts",
      "provider/alicloud/credentials/credentials.ts",
      "provider/dynamic/process/processLifetime.ts",
      "provider/dnssec",
    ],
  },
  "provider/dynamic/process/engineLog.ts": { builtins: ["node:module"] },
  "provider/config.ts": {
    imports: ["provider/dnssec/quoted.ts", "provider/alicloud/proxy.ts"],
    builtins: ["node:net"],
  },
  "provider/alicloud/proxy.ts": { builtins: ["node:net"] },
  "provider/alicloud/tunnelAgent.ts": {
    imports: ["provider/alicloud/proxy.ts"],
    builtins: ["node:http", "node:net"],
  },
  "provider/alicloud/credentials/credentials.ts": {
    imports: ["provider/alicloud/credentials/chain.ts", "provider/alicloud/credentials/request.ts"],
    types: ["provider/config.ts"],
    builtins: ["node:fs", "node:os", "node:path"],
  },
  "provider/alicloud/credentials/request.ts": {
    imports: ["provider/alicloud/proxy.ts", "provider/alicloud/tunnelAgent.ts"],
    types: ["provider/config.ts"],
    builtins: ["node:http", "node:https", "node:net"],
  },
  "provider/alicloud/credentials/chain.ts": {
    imports: ["provider/alicloud/credentials/answer.ts"],
    types: ["provider/config.ts"],
  },
  "provider/alicloud/credentials/answer.ts": {
    imports: ["provider/alicloud/proxy.ts"],
    types: ["provider/config.ts"],
  },
  "provider/dynamic/process/processLifetime.ts": { builtins: ["node:events", "node:fs"] },
  "provider/lifecycle": {
    imports: [
      "provider/dnssec",
      "provider/preflight/repair.ts",
      "provider/preflight/settings.ts",
      "provider/preflight/verdictCodes.ts",
    ],
    types: ["provider/dns/answers.ts", "provider/preflight/verdict.ts"],
    builtins: ["node:util"],
  },
  "provider/registrar": {
    imports: ["provider/dnssec", "provider/alicloud/proxy.ts", "provider/alicloud/tunnelAgent.ts"],
    types: ["provider/registrar/registrar.ts", "provider/config.ts"],
    builtins: ["node:http", "node:https", "node:net"],
  },
  "provider/preflight": {
    imports: ["provider/dnssec"],
    builtins: ["node:crypto", "node:dgram", "node:dns", "node:events", "node:net"],
  },
  "provider/dnssec": { builtins: ["node:crypto", "node:url"], usesNoLeaves: true },
  "provider/concurrency/clock.ts": { usesNoLeaves: true },
  "provider/alicloud/credentials/limits.ts": { usesNoLeaves: true },
  "provider/alicloud/silenceDebug.ts": { builtins: ["node:module"], usesNoLeaves: true },
  "provider/errors.ts": { usesNoLeaves: true },
  "provider/wording/nearest.ts": { usesNoLeaves: true },
  "provider/dns/serverAddress.ts": { builtins: ["node:net"], usesNoLeaves: true },
  emulator: { builtins: "any", usesNoLeaves: true },
};

/** The only files and folders that may load these packages, or name them. */
const importers: Readonly<Record<string, readonly string[]>> = {
  "@alicloud/credentials": ["provider/alicloud/credentials/credentials.ts"],
  "@alicloud/pop-core": ["provider/alicloud/transport.ts"],
  "https-proxy-agent": ["provider/alicloud/tunnelAgent.ts"],
  "p-retry": ["provider/alicloud/retry.ts"],
  "@pulumi/pulumi": ["provider/pulumi", "provider/dynamic/process/engineLog.ts"],
  "@grpc/grpc-js": ["provider/dynamic/process/engineLog.ts"],
  "dns-packet": ["provider/preflight"],
  // Named, so that what they print can be switched off, and their calls can go through a proxy.
  httpx: ["provider/alicloud/credentials/credentials.ts", "provider/alicloud/transport.ts"],
  debug: ["provider/alicloud/silenceDebug.ts"],
  "pulumi-alicloud-dnssec": ["provider/dynamic/program/closure.ts"],
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
  return builtins === "any" || builtins.includes(specifier) ? undefined : "not one of its modules of Node";
}

function packageFault({ from, specifier }: Import): string | undefined {
  const [, places] = Object.entries(importers).find(([name]) => holds(name, specifier)) ?? [];
  if (places === undefined) return "the package has no place in the table";
  return places.some((place) => holds(place, from)) ? undefined : `only ${places.join(" and ")} may`;
}

/** Ways from a file back to itself, by imports of values or types. */
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

/** All that is loaded with a file: files, packages and modules of Node. */
export function loadedWith(file: string, imports: readonly Import[], seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const reference of imports.filter(({ from, isType }) => from === file && !isType)) {
    if (reference.specifier.startsWith(".")) loadedWith(targetOf(reference), imports, seen);
    else seen.add(reference.specifier);
  }
  return seen;
}
