import { Agent, Runner, type Tool } from "@openai/agents-core";
import { OpenAIProvider } from "@openai/agents-openai";
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

/** An agent without tools that answers once, in the shape of a JSON Schema of OpenAI's strict subset. */
export interface JsonRole {
  readonly name: string;
  readonly instructions: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** Creates a function that runs a role on a text until it answers. It throws where there is no answer, or the signal aborts. */
export function createRunner(
  options: RunnerOptions,
): <S extends z.ZodObject>(role: Role<S>, text: string) => Promise<z.infer<S>> {
  const { signal } = options;
  const { runner, settings } = prepareRunner(options);
  return async ({ turns, shape, ...role }, text) => {
    const agent = new Agent({ ...role, ...settings, outputType: shape });
    const result = await orAborted(runner.run(agent, text, { maxTurns: turns, signal }), signal);
    return shape.parse(result.finalOutput);
  };
}

/** As `createRunner`, for answers in the shape of a JSON Schema: what the model said, as JSON, is not checked against it. */
export function createJsonRunner(options: RunnerOptions): (role: JsonRole, text: string) => Promise<unknown> {
  const { signal } = options;
  const { runner, settings } = prepareRunner(options);
  return async ({ schema, ...role }, text) => {
    const properties = { ...Object(schema.properties) };
    const closed = {
      type: "object",
      properties,
      required: Object.keys(properties),
      additionalProperties: false,
    } as const;
    const outputType = { type: "json_schema", name: role.name, strict: true, schema: closed } as const;
    const agent = new Agent({ ...role, ...settings, outputType });
    const result = await orAborted(runner.run(agent, text, { maxTurns: 1, signal }), signal);
    return result.finalOutput;
  };
}

function prepareRunner(options: RunnerOptions) {
  const { apiKey, name, endpoint, api, timeoutMs, fetch } = options;
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
  const modelSettings = api === "responses" ? { maxTokens: LONGEST_ANSWER } : {};
  return { runner, settings: { model: name, modelSettings } };
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
