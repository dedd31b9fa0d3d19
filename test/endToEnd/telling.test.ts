import { rmSync } from "node:fs";
import path from "node:path";
import { foundIn, placesAfter } from "../secrets/places";
import { canary, findings } from "../secrets/search";
import { domain, ds, inWorld } from "./world";

jest.setTimeout(180_000);

/** The source of the credentials. */
type Source = "environment" | "configuration" | "provider";

const everything = [
  "-v=7",
  "--logtostderr",
  "--otel-traces",
  "file://FOLDER/otel",
  "--tracing",
  "file:FOLDER/trace",
];
const streaming = { PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "1" };

/**
 * Command lines, and for each the places that show the secret, by source. SECURITY.md lists them,
 * and the same without the switches.
 */
const commands: readonly (readonly [string[], Record<string, string>, Partial<Record<Source, string[]>>])[] =
  [
    [
      ["preview", "--json", ...everything],
      streaming,
      { provider: ["otel", "stderr", "stdout", "trace"], configuration: ["otel", "trace"] },
    ],
    [["up", "--yes", "--skip-preview", "--json"], {}, { provider: ["stdout"] }],
  ];

const bare = { ALICLOUD_ACCESS_KEY: "", ALICLOUD_SECRET_KEY: "", ALICLOUD_SECURITY_TOKEN: "" };
const programOf = (args: object | undefined) => `
const { DsRecord, AlicloudDnssecProvider } = require("pulumi-alicloud-dnssec");
const provider = ${args ? `new AlicloudDnssecProvider("own", ${JSON.stringify(args)})` : "undefined"};
new DsRecord("record", { domainName: ${JSON.stringify(domain)}, ...${JSON.stringify(ds(1))} }, { provider });
`;

test.each<Source>(["environment", "configuration", "provider"])(
  "which switches print credentials from the %s, and where",
  async (source) => {
    const use = inWorld(
      async ({ project, emulator }) => {
        const { directory } = project;
        project.setProgram(
          programOf(source === "provider" ? { endpoint: emulator.url, ...canary } : undefined),
        );
        if (source === "configuration") {
          const names = Object.entries(canary).map(([name, value]) => [`alicloud-dnssec:${name}`, value]);
          await project.setConfig({ "alicloud-dnssec:endpoint": emulator.url }, Object.fromEntries(names));
        }
        for (const [args, env, told] of commands) {
          const command = args.map((text) => text.replace("FOLDER", directory));
          const done = await project.run(command, { env: { ...(source !== "environment" && bare), ...env } });
          // The program itself contains them.
          const places = placesAfter(done, project).filter(([place]) => !place.startsWith("program"));
          const found = foundIn(places, findings).filter((what) => what.startsWith("accessKeySecret plain"));
          const telling = found.map((what) => what.replace("accessKeySecret plain in ", "")).sort();
          expect([args, telling]).toEqual([args, told[source] ?? []]);
          for (const name of ["otel", "trace"]) rmSync(path.join(directory, name), { force: true });
        }
      },
      { emulator: { accounts: [canary] } },
    );
    await use();
  },
);
