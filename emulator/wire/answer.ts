/** The body of a successful answer, without its RequestId. */
export type Body = Readonly<Record<string, unknown>>;

/** What goes back over the wire. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  /** Nothing goes back: the connection is reset, or stays open in silence. */
  readonly unsent?: "reset" | "silence";
  /** Milliseconds of real time to hold it back. */
  readonly delayMs?: number;
}

export const reset: Answer = { status: 0, contentType: "", text: "", unsent: "reset" };
export const silence: Answer = { status: 0, contentType: "", text: "", unsent: "silence" };

export function json(status: number, body: object): Answer {
  return { status, contentType: "application/json;charset=utf-8", text: JSON.stringify(body) };
}

/** A proxy's page. */
export function htmlPage(status: number, reason: string): Answer {
  return {
    status,
    contentType: "text/html",
    text: `<html>\r\n<head><title>${status} ${reason}</title></head>\r\n<body>${reason}</body>\r\n</html>\r\n`,
  };
}

/** White space after the body brings it to so many bytes: what was JSON still is. */
export function padded(answer: Answer, bytes: number): Answer {
  const missing = Math.max(0, bytes - Buffer.byteLength(answer.text));
  return { ...answer, text: answer.text + " ".repeat(missing) };
}
