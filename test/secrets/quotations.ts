import { canary, forms } from "./search";

/**
 * Parts of the credentials that the gateway knows and can quote: id and token, in every searched
 * form.
 */
export const quotations: readonly string[] = [canary.accessKeyId, canary.securityToken].flatMap((secret) => [
  Buffer.from(secret).toString("base64"),
  ...forms.flatMap(({ write }) => write(secret)),
]);
