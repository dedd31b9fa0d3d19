/* eslint-disable @typescript-eslint/no-require-imports -- an import would be captured, the free `require` is not */
import type * as pulumi from "@pulumi/pulumi";

interface Loading {
  configure(request: pulumi.dynamic.ConfigureRequest): Promise<void>;
  then?: (resolve: unknown, reject: (error: Error) => void) => void;
}

/**
 * What Pulumi writes into the state of every record, as text, and runs in the provider process. It holds no logic, so
 * that old states run new code; its text is the same on every machine and in every release, because the text is what
 * Pulumi tells providers apart by; and it captures nothing, because captured values are copied into the state, some of
 * them wrongly.
 *
 * It relies on Pulumi calling `configure` once and before anything else. The module is looked for from the program's
 * folder, which is the working directory: the text itself has no place in the file system.
 *
 * `then` guards against a package that cannot be loaded. By then Pulumi has remembered this object, and for later calls
 * would take a missing `delete` for a success: it would forget records that still exist. An object with a `then` is
 * asked by it when it is awaited, as Pulumi does before each call, so that those calls fail like the first one.
 */
export const dsRecordProvider = {
  configure(this: Loading, request: pulumi.dynamic.ConfigureRequest) {
    this.then = (_, fail) => fail(Error("pulumi-alicloud-dnssec cannot be loaded"));
    const load = require("node:module").createRequire(process.cwd() + "/");
    Object.assign(this, load("pulumi-alicloud-dnssec/provider"));
    delete this.then;
    return this.configure(request);
  },
} as unknown as pulumi.dynamic.ResourceProvider;
