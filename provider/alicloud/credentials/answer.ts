import type { Credentials, Environment } from "../settings";
import { excessOf } from "./limits";

/** Credentials, or a printable reason why there are none. */
export type CredentialsAnswer =
  | { readonly credentials: Credentials; readonly reason?: never }
  | { readonly reason: string; readonly credentials?: never };

/** Checks what the vendor's library gives, which can be anything. */
export function credentialsIn(given: unknown, env: Environment): CredentialsAnswer {
  const { accessKeyId, accessKeySecret, securityToken } = (given ?? {}) as Record<string, unknown>;
  if (!isText(accessKeyId) || !isText(accessKeySecret)) return { reason: "it gave no access key" };
  // The library fills gaps in a profile from variables that belong to another access key.
  const borrowed =
    accessKeySecret === env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] ||
    (isText(securityToken) && securityToken === env["ALIBABA_CLOUD_SECURITY_TOKEN"]);
  if (borrowed) {
    return {
      reason:
        "its access key is incomplete, and ALIBABA_CLOUD_ACCESS_KEY_SECRET or ALIBABA_CLOUD_SECURITY_TOKEN would be used instead: " +
        "unset them, or set ALIBABA_CLOUD_ACCESS_KEY_ID as well",
    };
  }
  const credentials = { accessKeyId, accessKeySecret, ...(isText(securityToken) && { securityToken }) };
  const excess = excessOf(credentials);
  return excess === undefined ? { credentials } : { reason: excess };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
