import type * as pulumi from "@pulumi/pulumi";

interface Closure {
  then?: (resolve: unknown, reject: (error: unknown) => void) => void;
}

/** The main module of the provider process. */
interface SdkModule {
  readonly path: string;
  readonly constructor: { createRequire(path: string): NodeJS.Require };
}

/**
 * The provider that Pulumi writes into the state of every `DsRecord`, as text, and runs in the
 * provider process.
 *
 * It holds no logic, so old states run new code. It captures nothing, because captured values are
 * copied into the state, some of them wrongly. Its text is the same on every machine and in every
 * release, because Pulumi tells providers apart by their text. Closures of other resources differ
 * in the name of the export only.
 *
 * It relies on Pulumi calling `configure` once and before anything else. The text has no place in
 * the file system, so it looks for the package from the program's folder, and then from Pulumi's
 * SDK, where pnpm lets packages find each other. `require` is reached through the main module, the
 * SDK's own: bundlers replace a free `require` with what they capture.
 *
 * `then` guards against a package that cannot be loaded. Pulumi remembers this object anyway, and
 * would take a missing `delete` for a success: it would forget records that still exist. Pulumi
 * awaits the object before each call, and awaiting an object runs its `then`, so each call fails.
 */
export const dsRecordProvider = {
  configure(this: Closure, request: pulumi.dynamic.ConfigureRequest) {
    const sdk = process.mainModule as unknown as SdkModule,
      load = sdk.constructor.createRequire(sdk.path),
      cwd = process.cwd();
    try {
      load(load.resolve("pulumi-alicloud-dnssec/provider", { paths: [cwd, sdk.path] })).dsRecord(
        this,
        request,
      );
    } catch (error) {
      (error as Error).message += `\nCheck dependencies in ${cwd}/package.json`;
      this.then = (_, fail) => fail(error);
    }
  },
} as unknown as pulumi.dynamic.ResourceProvider;
