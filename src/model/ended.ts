import { MaxTurnsExceededError, ModelBehaviorError, ModelRefusalError } from "@openai/agents";
import OpenAI from "openai";

/** Why a run ended, in a word; never what an error says, which may hold anything. */
export function ended(error: unknown): string {
  if (error instanceof MaxTurnsExceededError) return "turns";
  if (error instanceof ModelRefusalError) return "refused";
  if (error instanceof ModelBehaviorError || error instanceof SyntaxError) return "unreadable";
  if (error instanceof OpenAI.APIConnectionTimeoutError) return "seconds";
  if (error instanceof OpenAI.APIConnectionError) return "unreachable";
  if (error instanceof OpenAI.RateLimitError) return "rate-limited";
  if (error instanceof OpenAI.AuthenticationError || error instanceof OpenAI.PermissionDeniedError)
    return "unauthorized";
  if (error instanceof OpenAI.APIError) return `answered-${error.status ?? "nothing"}`;
  return "unreadable";
}
