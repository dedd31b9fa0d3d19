import { normalizeName } from "./domains";

/** An access key that the emulator accepts. */
export interface Account {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Makes the key a temporary one (STS): calls must send this token. Default: none. */
  readonly securityToken?: string;
  /** Domains that the account sees, if they exist. Others answer DomainNotExist. Default: all. */
  readonly domains?: readonly string[];
}

/** Returns whether an account sees a domain, given in normal form. */
export function canSee({ domains }: Account, domain: string): boolean {
  return domains?.some((name) => normalizeName(name) === domain) ?? true;
}
