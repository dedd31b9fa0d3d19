import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

const severities = ["debug", "info", "warning", "error"] as const;

export interface LogMessage {
  severity: (typeof severities)[number];
  message: string;
  urn: string;
  ephemeral: boolean;
}

function toLogMessage(request: LogRequest): LogMessage {
  return {
    severity: severities[request.getSeverity()],
    message: request.getMessage(),
    urn: request.getUrn(),
    ephemeral: request.getEphemeral(),
  };
}

/**
 * The engine's side of a provider process. It records what the provider logs, and does nothing
 * else.
 */
export class FakeEngine {
  readonly logs: LogMessage[] = [];
  /**
   * Runs on the arrival of each message and can delay it, since the engine takes messages in any
   * order.
   */
  onLog: (message: LogMessage) => Promise<void> = () => Promise.resolve();
  address = "";
  private readonly server = new grpc.Server();

  static async start(): Promise<FakeEngine> {
    const engine = new FakeEngine();
    engine.address = `127.0.0.1:${await engine.listen()}`;
    return engine;
  }

  stop(): void {
    this.server.forceShutdown();
  }

  private listen(): Promise<number> {
    const log: grpc.handleUnaryCall<LogRequest, Empty> = (call, callback) => {
      const message = toLogMessage(call.request);
      void this.onLog(message).then(() => {
        this.logs.push(message);
        callback(null, new Empty());
      });
    };
    // The server answers UNIMPLEMENTED for the methods that are not given.
    this.server.addService(EngineService as unknown as grpc.ServiceDefinition, { log });
    return new Promise((resolve, reject) => {
      this.server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
  }
}
