import { createRequire } from "node:module";

/** Tells the user, on a record's own row of `pulumi up`, what is going on. Best effort: never throws, never waits. */
export interface Progress {
  /** Shown while the operation runs, and gone afterwards. */
  status(urn: string | undefined, text: string): void;
  /** Kept in the summary of the operation. */
  info(urn: string | undefined, text: string): void;
  warning(urn: string | undefined, text: string): void;
}

type Severity = "INFO" | "WARNING";

interface EngineClient {
  log(request: object, callback: (error: unknown) => void): void;
}

/**
 * Speaks to the engine's Log call, as Pulumi's own `log` does in the program. The address of the engine is the last
 * argument of every resource plugin; this is not documented, was seen from SDK 3.139 to 3.270, and whatever goes wrong
 * with it goes unheard, since progress is a courtesy.
 */
export function engineProgress(engineAddress: string | undefined): Progress {
  const engine = engineAddress && /:\d+$/.test(engineAddress) ? connect(engineAddress) : undefined;
  const say = (severity: Severity, urn: string | undefined, text: string, ephemeral: boolean) =>
    engine?.(severity, urn, text, ephemeral);
  return {
    status: (urn, text) => say("INFO", urn, text, true),
    info: (urn, text) => say("INFO", urn, text, false),
    warning: (urn, text) => say("WARNING", urn, text, false),
  };
}

function connect(address: string) {
  try {
    // Loaded late and by hand: where they are missing there is no progress, and nothing else is lost.
    const load = createRequire(__filename);
    const grpc = createRequire(load.resolve("@pulumi/pulumi"))("@grpc/grpc-js");
    const service = load("@pulumi/pulumi/proto/engine_grpc_pb");
    const messages = load("@pulumi/pulumi/proto/engine_pb");
    const client: EngineClient = new service.EngineClient(address, grpc.credentials.createInsecure());
    return (severity: Severity, urn: string | undefined, text: string, ephemeral: boolean) => {
      const request = new messages.LogRequest();
      request.setSeverity(messages.LogSeverity[severity]);
      request.setMessage(text);
      request.setUrn(urn ?? "");
      request.setEphemeral(ephemeral);
      client.log(request, () => {});
    };
  } catch {
    return undefined;
  }
}
