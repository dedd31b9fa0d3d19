import { createRequire } from "node:module";
import type { Clock } from "../../concurrency/clock";
import type { Reporter } from "../../records";
import { MessageQueue, type Message, type Send } from "./messageQueue";

/**
 * The rows of `pulumi up`. Messages are a courtesy, so a problem with them never fails an
 * operation.
 */
export interface EngineLog {
  /**
   * Returns the reporter for the row of a resource, or for the stack's own row. Its messages arrive
   * in order.
   */
  reporterOf(urn: string | undefined): Reporter;
  /**
   * Waits until the messages that stay have arrived, at most for a second: Pulumi may end the
   * process right after the operation.
   */
  arrival(): Promise<void>;
}

/**
 * Connects to the engine's Log call, as Pulumi's own `log` does in the program.
 *
 * @param address The last argument of every resource plugin. This is not documented; it was seen
 *   from SDK 3.139 to 3.276.
 */
export function connectEngineLog(address: string | undefined, clock: Clock): EngineLog {
  const queue = new MessageQueue(senderTo(address), clock);
  return {
    reporterOf(urn) {
      const push = (severity: Message["severity"], text: string, isEphemeral: boolean) =>
        queue.push({ urn, severity, text, isEphemeral });
      return {
        status: (text) => push("INFO", text, true),
        info: (text) => push("INFO", text, false),
        warning: (text) => push("WARNING", text, false),
      };
    },
    arrival: () => queue.arrival(),
  };
}

interface EngineClient {
  log(request: object, callback: (error: unknown) => void): void;
}

function senderTo(address: string | undefined): Send {
  const isAddress = address !== undefined && /:\d+$/.test(address);
  return (isAddress && connect(address)) || (() => Promise.resolve());
}

function connect(address: string): Send | undefined {
  try {
    // Loaded late and by hand. If they are missing, there are no messages, and nothing else is
    // lost.
    const load = createRequire(__filename);
    const grpc = createRequire(load.resolve("@pulumi/pulumi"))("@grpc/grpc-js");
    const service = load("@pulumi/pulumi/proto/engine_grpc_pb");
    const messages = load("@pulumi/pulumi/proto/engine_pb");
    const client: EngineClient = new service.EngineClient(address, grpc.credentials.createInsecure());
    return ({ urn = "", severity, text, isEphemeral }) => {
      const request = new messages.LogRequest();
      request.setSeverity(messages.LogSeverity[severity]);
      request.setMessage(text);
      request.setUrn(urn);
      request.setEphemeral(isEphemeral);
      return new Promise((resolve) => client.log(request, () => resolve()));
    };
  } catch {
    return undefined;
  }
}
