import type { ErrorCode } from "../errors";
import type { CodeMeaning } from "./errorCodes";

/** One API of Alibaba Cloud: how to judge its answers, and what to call it in messages. */
export interface Api {
  /** Name in the middle of a sentence, article included. */
  readonly name: string;
  /** The setting that holds its endpoint, for advice. */
  readonly endpointSetting: string;
  /** Advice for an endpoint or API version that does not have the action. */
  readonly wrongEndpoint: string;
  /**
   * Sentence about a writing call that may have taken effect, although its answer does not say so.
   */
  readonly doubt: string;
  /** This package's codes for a call that was refused, got no answer, or got an unusable answer. */
  readonly codes: {
    readonly refused: ErrorCode;
    readonly unavailable: ErrorCode;
    readonly answerInvalid: ErrorCode;
  };
  /** Returns the meaning of an error code; see `codeMeanings`. */
  readonly meaningOf: (code: string) => CodeMeaning;
}
