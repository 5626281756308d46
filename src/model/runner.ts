import { Agent, OpenAIProvider, Runner, type Tool } from "@openai/agents";
import OpenAI from "openai";
import type * as z from "zod";

/** One agent of a run: what it is told to be, what it may call, and the shape it answers in. */
export interface Role<S extends z.ZodObject> {
  readonly name: string;
  readonly instructions: string;
  readonly tools: Tool[];
  readonly turns: number;
  readonly shape: S;
}

export interface RunnerOptions {
  readonly apiKey: string;
  readonly name: string;
  readonly endpoint: string | undefined;
  readonly api: "responses" | "chat";
  /** Milliseconds one request may take. */
  readonly timeoutMs: number;
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
}

/** Most tokens of one answer. The Chat API has two names for it, and servers that refuse either. */
const LONGEST_ANSWER = 16_384;

/** What runs a role on a text until it answers; throws where it does not, or the signal aborts, at once. */
export function createRunner(
  options: RunnerOptions,
): <S extends z.ZodObject>(role: Role<S>, text: string) => Promise<z.infer<S>> {
  const { apiKey, name, endpoint, api, timeoutMs, fetch, signal } = options;
  const openAIClient = new OpenAI({
    apiKey,
    baseURL: endpoint ?? "https://api.openai.com/v1",
    maxRetries: 2,
    timeout: timeoutMs,
    fetch,
    // It would write to the console, past the log.
    logLevel: "off",
  });
  const modelProvider = new OpenAIProvider({ openAIClient, useResponses: api === "responses" });
  const runner = new Runner({ modelProvider, tracingDisabled: true, toolNotFoundBehavior: "return_error_to_model" });
  return async ({ turns, shape, ...role }, text) => {
    const agent = new Agent({
      ...role,
      model: name,
      outputType: shape,
      modelSettings: api === "responses" ? { maxTokens: LONGEST_ANSWER } : {},
    });
    const result = await orAborted(runner.run(agent, text, { maxTurns: turns, signal }), signal);
    return shape.parse(result.finalOutput);
  };
}

/** A tool that does not hear of the end would hold the run up. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    const leave = () => reject(new Error("aborted"));
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
  });
  return Promise.race([work, aborted]);
}
