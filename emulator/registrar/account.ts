import { canonicalName } from "./domains";

/** An access key that the emulator accepts. With a `securityToken` it is a temporary one (STS), and calls must send it. */
export interface Account {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
  /** The domains that it sees, if the emulator has them; others do not exist for it. Default: all. */
  readonly domains?: readonly string[];
}

/** Whether an account sees a domain. */
export function sees({ domains }: Account, domain: string): boolean {
  return domains?.some((name) => canonicalName(name) === domain) ?? true;
}
