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
    const send = inOrder<object>((request, answered) => client.log(request, answered));
    return (severity: Severity, urn: string | undefined, text: string, ephemeral: boolean) => {
      const request = new messages.LogRequest();
      request.setSeverity(messages.LogSeverity[severity]);
      request.setMessage(text);
      request.setUrn(urn ?? "");
      request.setEphemeral(ephemeral);
      send(request, urn, ephemeral);
    };
  } catch {
    return undefined;
  }
}

type Send<T> = (request: T, answered: () => void) => void;

/**
 * Sends what is ephemeral only when what stays, and came before it on the same row, has arrived: the engine takes
 * calls in any order, and a row shows the last one. What stays never waits, since its operation may end.
 */
export function inOrder<T>(
  send: Send<T>,
): (request: T, urn: string | undefined, isEphemeral: boolean) => void {
  const staying = new Map<string | undefined, Promise<void>>();
  return (request, urn, isEphemeral) => {
    if (isEphemeral) {
      const before = staying.get(urn);
      if (before) void before.then(() => send(request, () => {}));
      else send(request, () => {});
      return;
    }
    const arrival = new Promise<void>((resolve) => send(request, resolve));
    staying.set(urn, arrival);
    void arrival.then(() => {
      if (staying.get(urn) === arrival) staying.delete(urn);
    });
  };
}
