import type { Model, ModelRequest, ModelResponse } from "@openai/agents-core";
import { OpenAIChatCompletionsModel, OpenAIResponsesModel } from "@openai/agents-openai";
import OpenAI from "openai";
import type { AgentConfig } from "../../domain/agent/agent-config.ts";
import type { AgentMetrics } from "../agent-metrics.ts";
import type { Journal } from "./journal.ts";
import type { Allowance } from "./limits.ts";
import { apiOf } from "./provider.ts";
import { createSlots } from "./slots.ts";

/** The model of a run: what it answers is kept in the run's journal and counted by its allowance. */
export type RunModel = (journal: Journal, allowance: Allowance) => Model;

interface LanguageModelOptions {
  readonly model: AgentConfig["model"];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly metrics: AgentMetrics;
  readonly now: () => number;
}

const MOST_AT_ONCE = 64;
const SECONDS_OF_A_CALL = 120;

/**
 * The configured model over an OpenAI-compatible API, and its fallbacks in order where it does not answer, is overloaded or limits the
 * rate. At most `maxConcurrency` calls run at the same time in this process.
 */
export function createRunModel({ model, env, metrics, now }: LanguageModelOptions): RunModel {
  const { baseURL, apiKey, api } = apiOf(model, env);
  const client = new OpenAI({ apiKey, baseURL, maxRetries: 2, timeout: SECONDS_OF_A_CALL * 1000, logLevel: "off" });
  const candidates = [model.name, ...(model.fallbacks ?? [])].map((name) => ({
    name,
    model: api === "chat" ? new OpenAIChatCompletionsModel(client, name) : new OpenAIResponsesModel(client, name),
  }));
  const inSlot = createSlots(model.maxConcurrency ?? MOST_AT_ONCE);

  async function ask(name: string, one: Model, request: ModelRequest): Promise<ModelResponse> {
    const started = now();
    const seconds = () => (now() - started) / 1000;
    try {
      const response = await one.getResponse(request);
      metrics.modelCall({ provider: model.provider, model: name, seconds: seconds(), error: undefined });
      return response;
    } catch (error) {
      metrics.modelCall({ provider: model.provider, model: name, seconds: seconds(), error: errorType(error) });
      throw error;
    }
  }

  async function askInTurn(request: ModelRequest, allowance: Allowance): Promise<ModelResponse> {
    await allowance.check();
    let last: unknown;
    for (const { name, model: one } of candidates) {
      try {
        const response = await ask(name, one, request);
        const tokens = { input: response.usage.inputTokens, output: response.usage.outputTokens };
        metrics.tokens({ provider: model.provider, model: name, ...tokens });
        await allowance.count(name, tokens);
        return response;
      } catch (error) {
        last = error;
        if (request.signal?.aborted === true || !isAwayFor(error)) throw error;
      }
    }
    throw last;
  }

  return (journal, allowance) => ({
    getResponse: (request) => journal.response(() => inSlot(() => askInTurn(request, allowance))),
    getStreamedResponse() {
      throw new Error("the agent does not stream the model's answers");
    },
  });
}

/** Whether another model may answer where this one did not. */
function isAwayFor(error: unknown): boolean {
  if (error instanceof OpenAI.APIConnectionError) return true;
  return error instanceof OpenAI.APIError && (error.status === 429 || (error.status ?? 0) >= 500);
}

/** `error.type` of the conventions, of a small set: the code that the API named, the status, or what happened to the connection. */
function errorType(error: unknown): string {
  if (error instanceof OpenAI.APIUserAbortError) return "cancelled";
  if (error instanceof OpenAI.APIConnectionTimeoutError) return "timeout";
  if (error instanceof OpenAI.APIConnectionError) return "connection";
  if (!(error instanceof OpenAI.APIError)) return "unreadable";
  const known = ["context_length_exceeded", "rate_limit_exceeded", "insufficient_quota", "model_not_found"];
  return known.find((code) => code === error.code) ?? String(error.status ?? "connection");
}
