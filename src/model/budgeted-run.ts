import { setSensitiveDataLoggingEnabled, setTracingDisabled } from "@openai/agents-core";
import { endReasonOf } from "./end-reason.ts";
import { createMeter, type Meter, type MeterOptions } from "./meter.ts";

/** The model that is asked, and what it may take; `fetch` left out: the global one sends. */
export interface RunOptions extends Pick<MeterOptions, "name" | "spent" | "now"> {
  readonly budget: MeterOptions["budget"] & { readonly seconds: number };
  readonly fetch?: typeof fetch;
}

/** A conversation with a model that ends with its budgets, or with who asked for it. */
export interface BudgetedRun {
  readonly meter: Meter;
  /** Aborted once it has to end. */
  readonly signal: AbortSignal;
  /** Milliseconds that one request may take. */
  readonly timeoutMs: number;
  /** Why it has to end: a budget, or "stopped"; undefined while it may go on. */
  ended(): string | undefined;
  /** Why a request failed, in one word. */
  reasonOf(error: unknown): string;
  /** Has to be called at the end. */
  end(): void;
}

/** Starts the clock and the meter. `outer`: aborted where nobody waits for the answer any more. */
export function startBudgetedRun(options: RunOptions, outer: AbortSignal | undefined): BudgetedRun {
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
  return {
    meter,
    signal: stop.signal,
    timeoutMs: Math.min(120, budget.seconds) * 1000,
    ended: () => end,
    reasonOf: (error) => end ?? (meter.account().isCutShort ? "cut-short" : endReasonOf(error)),
    end() {
      clearTimeout(clock);
      outer?.removeEventListener("abort", leave);
    },
  };
}

/** Traces would go to OpenAI, whatever the endpoint; the SDK's own log would hold prompts. */
export function keepPromptsHere(): void {
  setTracingDisabled(true);
  setSensitiveDataLoggingEnabled(false);
}
