import { setSensitiveDataLoggingEnabled, setTracingDisabled } from "@openai/agents";
import type { Spent } from "../../domain/alert/spent.ts";
import { endReasonOf } from "../end-reason.ts";
import { createMeter } from "../meter.ts";
import { createJsonRunner, type JsonRole } from "../runner.ts";
import type { SupervisorOptions } from "../supervisor.ts";
import { type DraftQuestion, draftText, WRITER_INSTRUCTIONS } from "./draft-text.ts";

/** A model that writes specs and changes from words. */
export interface RequestWriter {
  /** Begins one request: its drafts share one budget of turns, tokens and seconds. */
  begin(signal?: AbortSignal): Promise<WriterSession>;
}

/** The drafts of one request. */
export interface WriterSession {
  /** One draft, not checked; or why there is none, as one word (`Answer.reason` lists them). Never throws. */
  draft(question: DraftQuestion): Promise<Drafted>;
  /** What the drafts took so far. */
  spent(): Spent;
  end(): void;
}

export type Drafted =
  | { readonly kind: "answer"; readonly value: unknown }
  | { readonly kind: "failed"; readonly reason: string };

/** A writer that asks one model within budgets. It has no tools: all that it may know is in the question. */
export function createRequestWriter(options: SupervisorOptions): RequestWriter {
  // Traces would go to OpenAI, whatever the endpoint; the SDK's own log would hold prompts.
  setTracingDisabled(true);
  setSensitiveDataLoggingEnabled(false);
  return { begin: async (signal) => beginSession(options, signal) };
}

function beginSession(options: SupervisorOptions, outer: AbortSignal | undefined): WriterSession {
  const { budget, name, now, spent } = options;
  const stop = new AbortController();
  let end: string | undefined;
  const stopRun = (why: string) => {
    end ??= why;
    stop.abort();
  };
  const meter = createMeter({ name, budget, spent, now, exceeded: stopRun, send: options.fetch ?? fetch });
  const clock = setTimeout(() => stopRun("seconds"), budget.seconds * 1000);
  const leave = () => stopRun("stopped");
  outer?.addEventListener("abort", leave, { once: true });
  if (outer?.aborted === true) leave();
  const timeoutMs = Math.min(120, budget.seconds) * 1000;
  const run = createJsonRunner({ ...options, timeoutMs, fetch: meter.fetch, signal: stop.signal });
  return {
    async draft(question) {
      if (end !== undefined) return { kind: "failed", reason: end };
      if (meter.account().turns >= budget.turns) return { kind: "failed", reason: "turns" };
      const role: JsonRole = { name: "writer", instructions: WRITER_INSTRUCTIONS, schema: question.schema };
      try {
        return { kind: "answer", value: await run(role, draftText(question)) };
      } catch (error) {
        const reason = end ?? (meter.account().isCutShort ? "cut-short" : endReasonOf(error));
        return { kind: "failed", reason };
      }
    },
    spent() {
      const { tokens, dollars } = meter.account();
      return { tokens: tokens.input + tokens.output, dollars };
    },
    end() {
      clearTimeout(clock);
      outer?.removeEventListener("abort", leave);
    },
  };
}
