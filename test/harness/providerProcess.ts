import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { hermeticEnvironment, type Environment } from "./environment";
import { createProgramDirectory, ownSdkDirectory } from "./programDirectory";
import { fromStruct, toStruct, type PropertyBag } from "./properties";
import { ProviderError } from "./providerError";
import { RunningCommand, type Exit } from "./runningCommand";

export const defaultUrn = "urn:pulumi:dev::test-project::pulumi-nodejs:dynamic/test:Test::test";

export interface SerializedProvider {
  text: string;
  exportName: string;
  containsSecrets: boolean;
}

/** What a dynamic resource stores in `__provider`, by the same call that the SDK makes. */
export async function serializeProvider(
  provider: object,
  sdkDirectory = ownSdkDirectory,
): Promise<SerializedProvider> {
  const runtime = createRequire(__filename)(path.join(sdkDirectory, "runtime")) as {
    serializeFunction(factory: () => object, options: object): Promise<SerializedProvider>;
  };
  return runtime.serializeFunction(() => provider, { allowSecrets: true });
}

export interface StartProviderOptions {
  sdkDirectory?: string;
  /** The program's folder. Default: a new one, which `stop` removes. */
  programDirectory?: string;
  env?: Environment;
  /** Address of a `FakeEngine`. Default: a port on which nothing listens. */
  engineAddress?: string;
  nodeArguments?: string[];
  /** The `node` that runs it. Default: the one that runs this test. */
  node?: string;
  /** Maximum seconds of a call. Default: 60. */
  callTimeoutSeconds?: number;
}

export interface CallOptions {
  urn?: string;
  /** What `customTimeouts` come to, in seconds. */
  timeout?: number;
  preview?: boolean;
  oldInputs?: PropertyBag;
}

export interface DiffResult {
  changes: "unknown" | "none" | "some";
  replaces: string[];
  stables: string[];
  diffs: string[];
  deleteBeforeReplace: boolean;
}

type UnaryMethod<Request, Response> = (
  request: Request,
  metadata: grpc.Metadata,
  options: Partial<grpc.CallOptions>,
  callback: (error: grpc.ServiceError | null, response: Response) => void,
) => grpc.ClientUnaryCall;

const stopSeconds = 5;
const largestMessage = 400 * 2 ** 20;

/** The real dynamic provider process of an SDK, driven as the engine drives it. */
export class ProviderProcess {
  readonly command: RunningCommand;
  readonly programDirectory: string;
  private readonly client: ResourceProviderClient;
  private readonly options: StartProviderOptions;

  private constructor(
    command: RunningCommand,
    port: string,
    programDirectory: string,
    options: StartProviderOptions,
  ) {
    this.command = command;
    this.programDirectory = programDirectory;
    this.options = options;
    this.client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": largestMessage,
      "grpc.max_send_message_length": largestMessage,
    });
  }

  static async start(options: StartProviderOptions = {}): Promise<ProviderProcess> {
    const { sdkDirectory = ownSdkDirectory, engineAddress = "127.0.0.1:1" } = options;
    const directory = options.programDirectory ?? mkdtempSync(path.join(tmpdir(), "provider-test-"));
    if (!options.programDirectory) createProgramDirectory(directory, { sdkDirectory });
    const server = path.join(sdkDirectory, "cmd/dynamic-provider/index.js");
    const identity = { PULUMI_NODEJS_PROJECT: "test-project", PULUMI_PROJECT: "test-project" };
    const command = new RunningCommand(
      options.node ?? process.execPath,
      [...(options.nodeArguments ?? []), server, engineAddress],
      {
        cwd: directory,
        env: hermeticEnvironment({ ...identity, PULUMI_CONFIG: "{}", ...options.env }),
        stdin: "pipe",
      },
    );
    const [, port = ""] = await command.waitForOutput(/^(\d+)\n/m);
    return new ProviderProcess(command, port, directory, options);
  }

  /** Without the first line, which tells the port. */
  get stdout(): string {
    return this.command.stdout.replace(/^\d+\n/, "");
  }

  get stderr(): string {
    return this.command.stderr;
  }

  async configure(config: PropertyBag = {}): Promise<void> {
    const request = new messages.ConfigureRequest();
    request.setArgs(toStruct(config)).setAcceptsecrets(true).setAcceptresources(true);
    await this.call(this.client.configure, request);
  }

  async check(olds: PropertyBag, news: PropertyBag, { urn = defaultUrn }: CallOptions = {}) {
    const request = new messages.CheckRequest();
    request.setUrn(urn).setOlds(toStruct(olds)).setNews(toStruct(news));
    const response = await this.call(this.client.check, request);
    return {
      inputs: fromStruct(response.getInputs()) ?? {},
      failures: response
        .getFailuresList()
        .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() })),
    };
  }

  async diff(
    id: string,
    oldOutputs: PropertyBag,
    newInputs: PropertyBag,
    { urn = defaultUrn, oldInputs = {} }: CallOptions = {},
  ): Promise<DiffResult> {
    const request = new messages.DiffRequest();
    request.setId(id).setUrn(urn).setOlds(toStruct(oldOutputs)).setNews(toStruct(newInputs));
    request.setOldInputs(toStruct(oldInputs));
    const response = await this.call(this.client.diff, request);
    return {
      changes: (["unknown", "none", "some"] as const)[response.getChanges()],
      replaces: response.getReplacesList(),
      stables: response.getStablesList(),
      diffs: response.getDiffsList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async create(inputs: PropertyBag, options: CallOptions = {}) {
    const { urn = defaultUrn, timeout = 0, preview = false } = options;
    const request = new messages.CreateRequest();
    request.setUrn(urn).setProperties(toStruct(inputs)).setTimeout(timeout).setPreview(preview);
    const response = await this.call(this.client.create, request);
    return { id: response.getId(), outputs: fromStruct(response.getProperties()) ?? {} };
  }

  /** State and inputs that are `undefined` are not sent, as in an import. */
  async read(id: string, state?: PropertyBag, inputs?: PropertyBag, { urn = defaultUrn }: CallOptions = {}) {
    const request = new messages.ReadRequest();
    request.setId(id).setUrn(urn);
    if (state) request.setProperties(toStruct(state));
    if (inputs) request.setInputs(toStruct(inputs));
    const response = await this.call(this.client.read, request);
    return {
      id: response.getId(),
      outputs: fromStruct(response.getProperties()),
      inputs: fromStruct(response.getInputs()),
    };
  }

  async update(id: string, oldOutputs: PropertyBag, newInputs: PropertyBag, options: CallOptions = {}) {
    const { urn = defaultUrn, timeout = 0, oldInputs = {} } = options;
    const request = new messages.UpdateRequest();
    request.setId(id).setUrn(urn).setTimeout(timeout);
    request.setOlds(toStruct(oldOutputs)).setNews(toStruct(newInputs)).setOldInputs(toStruct(oldInputs));
    const response = await this.call(this.client.update, request);
    return { outputs: fromStruct(response.getProperties()) ?? {} };
  }

  async delete(id: string, outputs: PropertyBag, options: CallOptions = {}): Promise<void> {
    const { urn = defaultUrn, timeout = 0, oldInputs = {} } = options;
    const request = new messages.DeleteRequest();
    request.setId(id).setUrn(urn).setTimeout(timeout);
    request.setProperties(toStruct(outputs)).setOldInputs(toStruct(oldInputs));
    await this.call(this.client.delete, request);
  }

  async cancel(): Promise<void> {
    await this.call(this.client.cancel, new Empty());
  }

  /** Stops the process as the engine does, by SIGINT, and by SIGKILL five seconds later. */
  async stop(): Promise<Exit> {
    this.client.close();
    this.command.signal("SIGINT");
    try {
      return await this.command.waitForExit(stopSeconds);
    } catch {
      this.command.signal("SIGKILL");
      return await this.command.waitForExit(stopSeconds);
    } finally {
      if (!this.options.programDirectory) rmSync(this.programDirectory, { recursive: true, force: true });
    }
  }

  private call<Request, Response>(method: UnaryMethod<Request, Response>, request: Request) {
    const seconds = this.options.callTimeoutSeconds ?? 60;
    const deadline = Date.now() + seconds * 1000;
    return new Promise<Response>((resolve, reject) => {
      method.call(this.client, request, new grpc.Metadata(), { deadline }, (error, response) => {
        if (!error) resolve(response);
        else if (error.code === grpc.status.DEADLINE_EXCEEDED)
          reject(this.command.failure(`no answer in ${seconds} s`));
        else reject(new ProviderError(error));
      });
    });
  }
}
