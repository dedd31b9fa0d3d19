import type { ServiceError } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { fromStruct, type PropertyBag } from "./properties";

/**
 * The data that the engine stores if a resource exists but its creation or update did not finish.
 */
export interface InitFailure {
  id: string;
  properties: PropertyBag;
  reasons: string[];
}

function initFailureOf(error: ServiceError): InitFailure | undefined {
  const [details] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (!Buffer.isBuffer(details)) return undefined;
  const detail = Status.deserializeBinary(details)
    .getDetailsList()
    .find((any) => any.getTypeName() === "pulumirpc.ErrorResourceInitFailed");
  if (!detail) return undefined;
  const failure = ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
  return {
    id: failure.getId(),
    properties: fromStruct(failure.getProperties()) ?? {},
    reasons: failure.getReasonsList(),
  };
}

export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly grpcCode: number;
  readonly initFailed: InitFailure | undefined;

  constructor(error: ServiceError) {
    super(error.details || error.message, { cause: error });
    this.grpcCode = error.code;
    this.initFailed = initFailureOf(error);
  }
}
