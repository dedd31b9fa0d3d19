import { listed } from "../../wording/listed";
import type { Reason } from "../verdict";
import type { VerdictCode } from "../verdictCodes";

/** What was found at a server, or of the DS set itself: a clause, to which the servers' names are added. */
export interface Finding {
  readonly code: VerdictCode;
  readonly text: string;
}

/** A finding and where it was made. */
export interface Located {
  readonly server: string;
  readonly finding: Finding;
}

/** Findings as reasons, in the order of their coming: one that was made at several servers is one reason, which names them. */
export function reasonsOf(located: readonly Located[]): readonly Reason[] {
  const groups = new Map<string, { finding: Finding; servers: Set<string> }>();
  for (const { server, finding } of located) {
    const name = `${finding.code} ${finding.text}`;
    const group = groups.get(name) ?? { finding, servers: new Set() };
    groups.set(name, { ...group, servers: group.servers.add(server) });
  }
  return [...groups.values()].map(({ finding, servers }) => reason(finding, [...servers]));
}

function reason({ code, text }: Finding, servers: readonly string[]): Reason {
  const message = `${listed(servers)}: ${text}`;
  const [server] = servers;
  return servers.length === 1 && server !== undefined ? { code, message, server } : { code, message };
}
