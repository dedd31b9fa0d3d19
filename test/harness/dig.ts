import { runTool } from "./tools";

/** An answer as `dig` printed it. Records are `owner ttl class type rdata`, with single blanks. */
export interface Dug {
  /** Response code such as `NOERROR`; empty if dig accepted no answer. */
  readonly status: string;
  readonly flags: readonly string[];
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
  readonly text: string;
}

/** Queries a server such as `127.0.0.1:5301`, without recursion. */
export async function dig(server: string, ...args: readonly string[]): Promise<Dug> {
  const patience = ["+tries=1", "+timeout=5", "+norecurse", "+noidnin"];
  const { output: text } = await runTool("dig", [...at(server), ...patience, "+nosplit", ...args]);
  return {
    status: /status: (\w+)/.exec(text)?.[1] ?? "",
    flags: /flags: ([a-z ]*);/.exec(text)?.[1]?.split(" ") ?? [],
    answer: section(text, "ANSWER"),
    authority: section(text, "AUTHORITY"),
    additional: section(text, "ADDITIONAL"),
    text,
  };
}

/** Returns the arguments by which `dig` and `delv` ask a server. */
export function at(server: string): string[] {
  const [host = "", port = ""] = server.split(":");
  return [`@${host}`, "-p", port];
}

/** Returns the types of records in order, each once. */
export function typesOf(records: readonly string[]): string[] {
  return [...new Set(records.map((record) => record.split(" ")[3] ?? ""))];
}

function section(text: string, name: string): string[] {
  const [, body = ""] = new RegExp(`;; ${name} SECTION:\\n((?:.+\\n)*)`).exec(text) ?? [];
  return body
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/\s+/g, " "));
}
