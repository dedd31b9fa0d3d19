import type { Credentials, Environment } from "../../config";
import { ProxyFailure } from "../proxy";
import { excessOf } from "./limits";

/** Credentials, or in words what is wrong. */
export type CredentialsAnswer =
  | { readonly credentials: Credentials; readonly mistake?: never }
  | { readonly mistake: string; readonly credentials?: never };

/** Of what the vendor's library gives, be it anything. */
export function credentialsIn(given: unknown, env: Environment): CredentialsAnswer {
  const { accessKeyId, accessKeySecret, securityToken } = (given ?? {}) as Record<string, unknown>;
  if (!isText(accessKeyId) || !isText(accessKeySecret)) return { mistake: "it gave no access key" };
  // The library fills up what a profile lacks from variables that are meant for another access key.
  const borrowed =
    accessKeySecret === env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] ||
    (isText(securityToken) && securityToken === env["ALIBABA_CLOUD_SECURITY_TOKEN"]);
  if (borrowed) {
    return {
      mistake:
        "it lacks a part that ALIBABA_CLOUD_ACCESS_KEY_SECRET or ALIBABA_CLOUD_SECURITY_TOKEN would be taken for: " +
        "unset them, or set ALIBABA_CLOUD_ACCESS_KEY_ID as well",
    };
  }
  const credentials = { accessKeyId, accessKeySecret, ...(isText(securityToken) && { securityToken }) };
  const excess = excessOf(credentials);
  return excess === undefined ? { credentials } : { mistake: excess };
}

/**
 * The kinds of failure, by how the library's messages begin. Of the messages nothing is shown but HTTP statuses and the
 * codes of the STS service: they quote configuration files and answers, credentials included.
 */
const mistakes: readonly (readonly [begins: RegExp, words: string])[] = [
  [/^no library$/, "the package @alicloud/credentials cannot be loaded"],
  [/^no http URL$/, "it is no http or https URL"],
  [/^plain http$/, "plain http is for this machine and its metadata service only: use https"],
  [/^oversized answer$/, "the answer is larger than 256 KiB"],
  [/^compressed answer$/, "the answer is compressed, which was not asked for"],
  [/^reading aliyun cli config/, "the file cannot be read"],
  [/^parse aliyun cli config/, "the file is not JSON"],
  [/^no any configured profiles/, "the file has no profiles"],
  [
    /^(unable to get profile|Can not find credential type)/,
    "the file has no such profile, which is the one of ALIBABA_CLOUD_PROFILE, or the current or default one",
  ],
  [/^(unsupported profile mode|Invalid type option)/, "the profile is of a kind that is not supported"],
  [/^CloudSSO access token/, "the profile's CloudSSO login has expired: log in again with the aliyun CLI"],
  [/^the access key secret is invalid/, "the profile's access key secret is wrong"],
  [/^session duration/, "the session's duration is out of range"],
  [
    /^(the [\w -]{1,40} is empty|CloudSSO sign|\w+ (does not exist|is not exists) and env|invalid OAuth site)/,
    "the profile is incomplete",
  ],
  [
    /^IMDS credentials is disabled/,
    "it needs the metadata service, which ALIBABA_CLOUD_ECS_METADATA_DISABLED switches off",
  ],
  [/^(process_command|invalid process_command)/, "the profile's command is malformed"],
  [/^failed to execute external command/, "the profile's command failed"],
  [
    /^(failed to parse external|invalid (StsToken )?credential response)/,
    "the profile's command printed no credentials",
  ],
  [/^(get|refresh|failed to refresh) [\w ]+, (json parse|unmarshal) fail/, "the answer is not JSON"],
  [/^invalid .*(string|value)$/, "the answer has no usable expiration time"],
];

/** A failure of the library's, in words of our own. */
export function mistakeIn(thrown: unknown): string {
  if (thrown instanceof ProxyFailure) {
    const { proxy, code, status } = thrown;
    return `the proxy ${proxy} opened no connection (${status === undefined ? code : `HTTP ${status}`})`;
  }
  const { name, code, message, path } = (thrown ?? {}) as Record<string, unknown>;
  const text = typeof message === "string" ? message : "";
  if (name === "RequestTimeoutError") return "there was no answer in time";
  if (typeof code === "string" && /^[A-Z][A-Z_]+$/.test(code)) {
    return path === undefined ? `the connection failed (${code})` : `its file cannot be read (${code})`;
  }
  return mistakes.find(([begins]) => begins.test(text))?.[1] ?? refusalIn(text);
}

const httpStatus =
  /^(?:get sts token failed, httpStatus: |get role name failed: GET \S+ |get metadata token failed with |failed to refresh OAuth token, status code: )(\d{3})\b/;

/** Of the STS service, and of what gives out sessions for logins. */
const serviceCode =
  /^(?:get sts token failed with OIDC|refresh session token failed|get session token from \w+ failed): \{.*?"Code":\s*"([A-Za-z]+(?:\.[A-Za-z]+)*)"/s;
const longestCode = 64;

/** Of a server that was asked for temporary credentials. */
function refusalIn(text: string): string {
  const [, status] = httpStatus.exec(text) ?? [];
  if (status !== undefined) return `the answer was HTTP ${status}`;
  const [, code] = serviceCode.exec(text) ?? [];
  if (code !== undefined && code.length <= longestCode) return `it was refused (${code})`;
  return /^(get|refresh|error retrieving|failed to refresh) /.test(text)
    ? "the answer has no credentials"
    : "it gave no credentials";
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
