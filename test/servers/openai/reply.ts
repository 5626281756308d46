import type { Turn } from "./transcript.ts";

/** What a model says in one turn, faults left out. */
export type Said = Extract<Turn, { kind: "calls" | "answer" | "say" | "refuse" | "cut-short" }>;

export interface Reply {
  readonly body: object;
  /** Which reasoning item each call came with. */
  readonly reasons: ReadonlyMap<string, string>;
}

export interface ReplyContext {
  /** How many replies there were before, for ids. */
  readonly number: number;
  readonly model: string;
  /** Characters of the request, for its use where the turn names none. */
  readonly asked: number;
  readonly now: number;
}

/** A turn as `POST /v1/responses` answers it. */
export function responsesReply(said: Said, context: ReplyContext): Reply {
  const { number, model, now } = context;
  const text = textOf(said);
  const message = (content: object, status = "completed") => ({
    type: "message",
    id: `msg_${number}`,
    role: "assistant",
    status,
    content: [content],
  });
  const written = { type: "output_text", text, annotations: [], logprobs: [] };
  const reason = `rs_${number}`;
  const calls = said.kind === "calls" ? said.calls.map((call, index) => ({ ...call, id: `${number}_${index}` })) : [];
  const output =
    said.kind === "calls"
      ? [
          { type: "reasoning", id: reason, summary: [] },
          ...calls.map(({ id, name, arguments: given }) => ({
            type: "function_call",
            id: `fc_${id}`,
            call_id: `call_${id}`,
            name,
            arguments: given,
            status: "completed",
          })),
        ]
      : said.kind === "refuse"
        ? [message({ type: "refusal", refusal: text })]
        : [message(written, said.kind === "cut-short" ? "incomplete" : "completed")];
  const use = useOf(said, context, text);
  const body = {
    id: `resp_${number}`,
    object: "response",
    created_at: Math.floor(now / 1000),
    status: said.kind === "cut-short" ? "incomplete" : "completed",
    error: null,
    incomplete_details: said.kind === "cut-short" ? { reason: "max_output_tokens" } : null,
    instructions: null,
    metadata: {},
    model,
    output,
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: "auto",
    tools: [],
    top_p: 1,
    usage: {
      input_tokens: use.input,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: use.output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: use.input + use.output,
    },
  };
  return { body, reasons: new Map(calls.map(({ id }) => [`call_${id}`, reason])) };
}

/** A turn as `POST /v1/chat/completions` answers it. */
export function chatReply(said: Said, context: ReplyContext): Reply {
  const { number, model, now } = context;
  const text = textOf(said);
  const message = {
    role: "assistant",
    content: said.kind === "calls" || said.kind === "refuse" ? null : text,
    refusal: said.kind === "refuse" ? text : null,
    annotations: [],
    ...(said.kind === "calls"
      ? {
          tool_calls: said.calls.map(({ name, arguments: given }, index) => ({
            id: `call_${number}_${index}`,
            type: "function",
            function: { name, arguments: given },
          })),
        }
      : {}),
  };
  const reason = said.kind === "calls" ? "tool_calls" : said.kind === "cut-short" ? "length" : "stop";
  const use = useOf(said, context, text);
  const body = {
    id: `chatcmpl-${number}`,
    object: "chat.completion",
    created: Math.floor(now / 1000),
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: reason }],
    usage: { prompt_tokens: use.input, completion_tokens: use.output, total_tokens: use.input + use.output },
    service_tier: "default",
  };
  return { body, reasons: new Map() };
}

function textOf(said: Said): string {
  switch (said.kind) {
    case "calls":
      return "";
    case "answer":
      return JSON.stringify(said.json);
    case "say":
    case "refuse":
    case "cut-short":
      return said.text;
    default:
      return said satisfies never;
  }
}

function useOf(said: Said, { asked }: ReplyContext, text: string) {
  const written = said.kind === "calls" ? JSON.stringify(said.calls) : text;
  return said.usage ?? { input: Math.ceil(asked / 4), output: Math.ceil(written.length / 4) };
}
