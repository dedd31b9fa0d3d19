import { holds } from "./arrows";

/** Words that the files of a folder must not have, neither in code nor in comments. */
const foreignWords: Readonly<Record<string, readonly RegExp[]>> = {
  // An account of the cloud, whatever its API: no operation and no subject of the Domain API.
  "provider/alicloud": [
    /\b(?:Query|Save|Acknowledge)[A-Z]\w*/,
    /\btask(?:s|No)?\b/i,
    /\bDS\b|DS_?Record|DsRecord(?!Error)|dsRecord/,
    /registrar|domain(?!s? name)/i,
  ],
  "provider/concurrency": [/\bDNS\b|\bDS\b|\bpulumi\b|registrar|alicloud/i],
  // Names of Pulumi's hidden inputs.
  "provider/registrar": [/\b__\w/],
};

/** Returns the foreign words of a file, each in a sentence. */
export function findForeignWords(file: string, text: string): string[] {
  return Object.entries(foreignWords)
    .filter(([folder]) => holds(folder, file))
    .flatMap(([folder, patterns]) =>
      patterns.flatMap((pattern) => {
        const [word] = pattern.exec(text) ?? [];
        return word === undefined ? [] : [`${file} has "${word}", which ${folder} does not know`];
      }),
    );
}
