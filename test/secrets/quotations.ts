import { canary, forms } from "./search";

/** What the gateway knows of the credentials and may quote: the key's id and the token, as they may come to be written. */
export const quotations: readonly string[] = [canary.accessKeyId, canary.securityToken].flatMap((secret) => [
  Buffer.from(secret).toString("base64"),
  ...forms
    .filter(({ name }) => /^(plain|in JSON|URL-encoded)/.test(name))
    .flatMap(({ write }) => write(secret)),
]);
