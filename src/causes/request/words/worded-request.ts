import type { AgentKey } from "../../../domain/fleet.ts";
import type { Principal } from "../../../domain/request/principal.ts";
import type { Step } from "../../../pass/step.ts";
import type { RequestedEdits } from "../prepare-request.ts";

/** What somebody asks for in words. */
export interface WordedRequest {
  readonly from: Principal;
  readonly words: string;
  /** What they answered to questions that were asked before. */
  readonly answers: readonly string[];
}

/** A change of an agent that is there, in words. `environment` left out: as the words say. */
export interface ChangeRequest extends WordedRequest {
  readonly agent: AgentKey;
  readonly environment: string | undefined;
}

/** What words lead to. */
export type WordedResult =
  | (RequestedEdits & { readonly kind: "asked" })
  /** The same request has a pull request already, so no model was asked. */
  | { readonly kind: "known"; readonly step: Step }
  /** At most two; whoever asked gives the answers with the same words. */
  | { readonly kind: "questions"; readonly questions: readonly string[] }
  | { readonly kind: "refused"; readonly reason: string; readonly message: string };

/** Characters of the words that are read; a marker of a pull request holds so many. */
export const LONGEST_WORDS = 4000;
/** Answers that are read, and characters of each. */
export const MOST_ANSWERS = 4;
export const LONGEST_ANSWER = 1000;
