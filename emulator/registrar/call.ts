import { type Account } from "./account";
import { type Clock } from "../clock";
import { type Domains } from "./domains";
import { type Params } from "../wire/signature";
import { type Tasks, type TaskTraits } from "./tasks";

/** What an action works on. */
export interface Call {
  readonly params: Params;
  /** Whose call it is. */
  readonly account: Account;
  readonly domains: Domains;
  readonly tasks: Tasks;
  readonly clock: Clock;
  /** What faults make of the task that this call submits. */
  readonly traits: TaskTraits;
}
