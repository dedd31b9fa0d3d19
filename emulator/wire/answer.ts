/** Body of a successful answer, without its RequestId. */
export type Body = Readonly<Record<string, unknown>>;

/** An HTTP answer. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  /** Sends nothing: resets the connection, or leaves it open. */
  readonly unsent?: "reset" | "silence";
  /** Delay before the answer is sent, in ms of real time. */
  readonly delayMs?: number;
}

export const resetAnswer: Answer = { status: 0, contentType: "", text: "", unsent: "reset" };
export const silentAnswer: Answer = { status: 0, contentType: "", text: "", unsent: "silence" };

export function jsonAnswer(status: number, body: object): Answer {
  return { status, contentType: "application/json;charset=utf-8", text: JSON.stringify(body) };
}

/** Creates an HTML page such as proxies send. */
export function htmlAnswer(status: number, reason: string): Answer {
  return {
    status,
    contentType: "text/html",
    text: `<html>\r\n<head><title>${status} ${reason}</title></head>\r\n<body>${reason}</body>\r\n</html>\r\n`,
  };
}

/** Pads an answer with trailing white space to a length of `bytes`. JSON stays JSON. */
export function padAnswer(answer: Answer, bytes: number): Answer {
  const missing = Math.max(0, bytes - Buffer.byteLength(answer.text));
  return { ...answer, text: answer.text + " ".repeat(missing) };
}
