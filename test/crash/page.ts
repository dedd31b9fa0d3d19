import type { Outcome } from "./crash";
import { heldCall, type KillPoint } from "./killPoints";

const steps: Readonly<Record<KillPoint["step"], string>> = {
  listing: "before the registrar's records are known",
  submission: "before there is a task",
  answer: "there is a task, but its number is not known",
  polling: "while the task runs",
  confirming: "all is done, but the state does not show it",
};

const columns = [
  "Operation",
  "Interrupted",
  "By",
  "Call that was held",
  "Next run",
  "Left behind",
  "The next run submits",
  "",
];

export const heading = [`| ${columns.join(" | ")} |`, `|${columns.map(() => "---|").join("")}`];

/** The cells of a point that are known without running it. */
export function cells(killPoint: KillPoint): string[] {
  const { operation, interruption, unanswered, refresh } = killPoint;
  const { action, count } = heldCall(killPoint);
  const call = `${action} ${count}${unanswered ? ", never answered" : ""}`;
  const next = `\`${operation.command}${refresh ? " --refresh" : ""}\``;
  return [operation.name, place(killPoint), interruption.name, call, next];
}

function place({ operation, change, step, outlasting, lagging }: KillPoint): string {
  const { changes, together } = operation;
  if (step === "listing" && change > 0) return `between ${changes[change - 1]} and ${changes[change]}`;
  const which = changes.length > 1 && !together ? `${changes[change]}: ` : "";
  return `${which}${steps[step]}${outlasting ? ", and continues" : ""}${lagging ? ", and the listing lags" : ""}`;
}

/** Returns the beginning of a point's line. */
export function beginning(killPoint: KillPoint): string {
  return `| ${cells(killPoint).join(" | ")} |`;
}

export function endingOf({ doubles }: Pick<KillPoint, "doubles">): string {
  return doubles ? " converges, with a second task |" : " converges |";
}

export function line(killPoint: KillPoint, { behind, resubmitted }: Outcome): string {
  const submissions = resubmitted.map((text) => submission(text, killPoint));
  return `${beginning(killPoint)} ${behind.join(", ") || "nothing"} | ${submissions.join("; ") || "nothing"} |${endingOf(killPoint)}`;
}

/** Returns the submission, if it is the same in every run, and the code of a refusal. */
function submission(text: string, { operation }: KillPoint): string {
  const [verb, keyTag, code] = text.split(" ");
  const what = operation.together ? verb : `${verb} ${keyTag}`;
  return code ? `${what}, refused: ${code}` : `${what}`;
}
