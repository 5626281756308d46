import type { AgentInputItem } from "@openai/agents-core";
import { endReasonOf } from "../../model/end-reason.ts";
import { StateError } from "../state/state-store.ts";
import { LimitError } from "./limits.ts";
import type { Paused } from "./run-record.ts";

/** How a run ended. */
export type RunEnd =
  | { readonly kind: "answered"; readonly text: string; readonly items: readonly AgentInputItem[] }
  /** It waits for a person. */
  | { readonly kind: "paused"; readonly paused: Paused }
  /** `reason` is one word: a limit of the spec (turns, tokens, seconds, dollars), or what failed. */
  | { readonly kind: "failed"; readonly reason: string; readonly words: string }
  | { readonly kind: "canceled" }
  /** This process ends; another one, or its next start, goes on. */
  | { readonly kind: "left" };

/** Why a run is stopped from outside; the reason of its signal. */
export type StopReason = "canceled" | "left" | "seconds";

/** The end of a run that threw. */
export function runEndOf(error: unknown, stopped: StopReason | undefined, seconds: number): RunEnd {
  switch (stopped) {
    case "canceled":
      return { kind: "canceled" };
    case "left":
      return { kind: "left" };
    case "seconds":
      return { kind: "failed", reason: "seconds", words: `it took longer than ${seconds} seconds (limits.seconds)` };
    case undefined:
      return failureOf(error);
    default:
      return stopped satisfies never;
  }
}

function failureOf(error: unknown): RunEnd {
  // The SDK passes on what a model threw as it is, or as the cause of its own error.
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one instanceof LimitError) return { kind: "failed", reason: one.limit, words: one.message };
    if (one instanceof StateError) return { kind: "failed", reason: "state", words: one.message };
  }
  const reason = endReasonOf(error);
  return { kind: "failed", reason, words: WORDS[reason] ?? `the model ${reason}` };
}

const WORDS: Readonly<Record<string, string>> = {
  turns: "the model was asked as often as limits.turns allows, and had not finished",
  refused: "the model refused",
  unreadable: "the model's answer could not be read",
  seconds: "the model did not answer in time",
  unreachable: "the model could not be reached",
  "rate-limited": "the model's provider limits the rate",
  unauthorized: "the model's provider does not accept the key",
};
