import { Agent, OpenAIProvider, Runner, type Tool } from "@openai/agents";
import OpenAI from "openai";
import type * as z from "zod";

/** One agent of a run: its instructions, its tools, and the shape of its answer. */
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

/** Most tokens of one answer. Not sent to the Chat API, which has two names for it, and servers that refuse one of them. */
const LONGEST_ANSWER = 16_384;

/** Creates a function that runs a role on a text until it answers. It throws where there is no answer, or the signal aborts. */
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
    // Its own log would write to the console.
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

/** Rejects at once when the signal aborts, also where a tool ignores it. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    const leave = () => reject(new Error("aborted"));
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
  });
  return Promise.race([work, aborted]);
}
