import { MaxTurnsExceededError, ModelBehaviorError, ModelRefusalError } from "@openai/agents-core";
import OpenAI from "openai";

type ErrorClass = abstract new (...parameters: never[]) => Error;

/** The reason for each class of errors; the first class that fits counts, so a subclass comes before its parent. */
const REASONS: readonly (readonly [error: ErrorClass, reason: string])[] = [
  [MaxTurnsExceededError, "turns"],
  [ModelRefusalError, "refused"],
  [ModelBehaviorError, "unreadable"],
  [SyntaxError, "unreadable"],
  [OpenAI.APIConnectionTimeoutError, "seconds"],
  [OpenAI.APIConnectionError, "unreachable"],
  [OpenAI.RateLimitError, "rate-limited"],
  [OpenAI.AuthenticationError, "unauthorized"],
  [OpenAI.PermissionDeniedError, "unauthorized"],
];

/** Why a run ended, as one word; never the text of the error, which may contain anything. */
export function endReasonOf(error: unknown): string {
  const known = REASONS.find(([kind]) => error instanceof kind);
  if (known !== undefined) return known[1];
  return error instanceof OpenAI.APIError ? `answered-${error.status ?? "nothing"}` : "unreadable";
}
