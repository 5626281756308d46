import type { Spent } from "../../domain/alert/spent.ts";
import { keepPromptsHere, startBudgetedRun } from "../budgeted-run.ts";
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
  keepPromptsHere();
  return { begin: async (signal) => beginSession(options, signal) };
}

function beginSession(options: SupervisorOptions, outer: AbortSignal | undefined): WriterSession {
  const { meter, signal, timeoutMs, ended, reasonOf, end } = startBudgetedRun(options, outer);
  const run = createJsonRunner({ ...options, timeoutMs, fetch: meter.fetch, signal });
  return {
    async draft(question) {
      const over = ended();
      if (over !== undefined) return { kind: "failed", reason: over };
      if (meter.account().turns >= options.budget.turns) return { kind: "failed", reason: "turns" };
      const role: JsonRole = { name: "writer", instructions: WRITER_INSTRUCTIONS, schema: question.schema };
      try {
        return { kind: "answer", value: await run(role, draftText(question)) };
      } catch (error) {
        return { kind: "failed", reason: reasonOf(error) };
      }
    },
    spent() {
      const { tokens, dollars } = meter.account();
      return { tokens: tokens.input + tokens.output, dollars };
    },
    end,
  };
}
