import { type Account } from "./account";
import { type Clock } from "../clock";
import { type Domains } from "./domains";
import { type Params } from "../wire/signature";
import { type Tasks, type TaskTraits } from "./tasks";

/** The input of an action. */
export interface Call {
  readonly params: Params;
  /** The caller. */
  readonly account: Account;
  readonly domains: Domains;
  readonly tasks: Tasks;
  readonly clock: Clock;
  /** How faults change the task that this call submits. */
  readonly traits: TaskTraits;
}
