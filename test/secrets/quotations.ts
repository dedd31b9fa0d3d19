import { canary, forms } from "./search";

/**
 * What the gateway knows of the credentials and may quote: the key's id and the token, in every way
 * that is searched for.
 */
export const quotations: readonly string[] = [canary.accessKeyId, canary.securityToken].flatMap((secret) => [
  Buffer.from(secret).toString("base64"),
  ...forms.flatMap(({ write }) => write(secret)),
]);
