import { createRequire } from "node:module";
import type { chainedCredentials } from "../../../provider/alicloud/credentials/credentials";
import { rejection } from "../bed";
import { answering, canaries, cleanUp, newBed, session, temporary, type Bed } from "./bed";

afterEach(cleanUp);

/** Writes a CLI profile with a role, so that a request is needed. */
function writeProfile({ write }: Bed): void {
  const key = { access_key_id: canaries.id, access_key_secret: canaries.secret };
  const profile = { name: "default", mode: "RamRoleArn", ...key, ram_role_arn: "acs:ram::1:role/dns" };
  write(".aliyun/config.json", { current: "default", profiles: [profile] });
}

describe("the library", () => {
  const withoutLibrary = (use: (chain: typeof chainedCredentials) => Promise<void>) =>
    jest.isolateModulesAsync(async () => {
      jest.doMock("@alicloud/credentials", () => {
        throw new Error(canaries.secret);
      });
      await use(
        jest.requireActual<{ chainedCredentials: typeof chainedCredentials }>(
          "../../../provider/alicloud/credentials/credentials",
        ).chainedCredentials,
      );
      jest.dontMock("@alicloud/credentials");
    });

  test("is not loaded while no link applies", async () => {
    const { clock } = newBed({ ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" });
    await withoutLibrary(async (chain) => {
      const error = await rejection(chain({ env: process.env, missing: [], clock }).get());
      expect(error.code).toBe("CREDENTIALS_MISSING");
    });
  });

  test("that cannot be loaded is reported", async () => {
    const bed = newBed();
    const { clock } = bed;
    writeProfile(bed);
    await withoutLibrary(async (chain) => {
      const error = await rejection(chain({ env: process.env, missing: [], clock }).get());
      expect(error.message).toContain("failed, the package @alicloud/credentials cannot be loaded");
      expect(error.code).toBe("CREDENTIALS_UNAVAILABLE");
    });
  });

  test("prints nothing, whatever DEBUG says", async () => {
    const bed = newBed();
    const { chain, lead } = bed;
    // The copies of `debug` of the library and of httpx.
    const debugs = ["@alicloud/credentials", "httpx"].map(
      (name) => createRequire(require.resolve(name))("debug") as { enable(names: string): void },
    );
    for (const debug of debugs) debug.enable("*");
    const printed = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    writeProfile(bed);
    lead(await answering({ Credentials: session() }));
    expect(await chain().get()).toEqual(temporary);
    expect(printed.mock.calls.join("")).not.toMatch(/CANARY|sts\.aliyuncs/);
  });
});
