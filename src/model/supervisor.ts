import { setSensitiveDataLoggingEnabled, setTracingDisabled } from "@openai/agents";
import type { Evidence } from "../domain/evidence.ts";
import type { Instant } from "../domain/scalars.ts";
import type { DayBudget } from "./day-budget.ts";
import { ended } from "./ended.ts";
import type { Answer, Instruments, Investigator, Question } from "./investigator.ts";
import { createMeter } from "./meter.ts";
import { Output, readOutput } from "./output.ts";
import { INSTRUCTIONS, questionText } from "./render.ts";
import { createRunner } from "./runner.ts";
import { Doubt, doubted, SECOND_LOOK, secondText } from "./second-look.ts";
import { toolsOf } from "./tools.ts";

export interface SupervisorOptions {
  readonly apiKey: string;
  /** Model name, as the provider spells it. */
  readonly name: string;
  /** Base URL of an OpenAI-compatible API; undefined: OpenAI's own. */
  readonly endpoint: string | undefined;
  readonly api: "responses" | "chat";
  readonly budget: {
    readonly turns: number;
    readonly tokens: number;
    readonly seconds: number;
    readonly dollarsPerDay: number;
  };
  readonly now: () => Instant;
  /** Shared by every supervisor of the process. */
  readonly spent: DayBudget;
}

/**
 * The supervisor: an agent of the OpenAI Agents SDK that reads through the instruments and answers in a fixed shape, within
 * budgets of turns, tokens, seconds, and dollars a day. It has no credential but its own, and connects to its endpoint alone.
 */
export function createSupervisor(options: SupervisorOptions): Investigator {
  // Traces would go to OpenAI, whatever the endpoint; the SDK's own log would hold prompts.
  setTracingDisabled(true);
  setSensitiveDataLoggingEnabled(false);
  return { investigate: (question, instruments, signal) => investigate(question, instruments, options, signal) };
}

async function investigate(
  question: Question,
  instruments: Instruments,
  options: SupervisorOptions,
  outer: AbortSignal | undefined,
): Promise<Answer> {
  const { budget, name, now, spent } = options;
  const evidence: Evidence[] = [...question.evidence];
  const stop = new AbortController();
  let end: string | undefined;
  const give = (why: string) => {
    end ??= why;
    stop.abort();
  };
  const meter = createMeter({ name, budget, spent, now, exceeded: give });
  const costs = () => {
    const { turns, tokens, dollars } = meter.account();
    return { model: name, turns, tokens, dollars };
  };
  const clock = setTimeout(() => give("seconds"), budget.seconds * 1000);
  const leave = () => give("stopped");
  outer?.addEventListener("abort", leave, { once: true });
  if (outer?.aborted === true) leave();
  try {
    const timeoutMs = Math.min(120, budget.seconds) * 1000;
    const run = createRunner({ ...options, timeoutMs, fetch: meter.fetch, signal: stop.signal });
    const tools = toolsOf(instruments, (one) => evidence.push(one));
    const role = { name: "supervisor", instructions: INSTRUCTIONS, tools, turns: budget.turns, shape: Output };
    const finding = readOutput(await run(role, questionText(question)), evidence);
    if (finding.kind !== "found" || finding.edits.length === 0)
      return { ...finding, evidence, reason: "answered", ...costs() };
    // Without tools. Where a second look cannot be had, the first still stands, less sure of itself.
    const checker = { name: "checker", instructions: SECOND_LOOK, tools: [], turns: 1, shape: Doubt };
    const doubt = await run(checker, secondText(finding, evidence)).catch(() => undefined);
    return { ...doubted(finding, doubt), evidence, reason: "answered", ...costs() };
  } catch (error) {
    const reason = end ?? (meter.account().isCutShort ? "cut-short" : ended(error));
    return { ...NOTHING, evidence, reason, ...costs() };
  } finally {
    clearTimeout(clock);
    outer?.removeEventListener("abort", leave);
  }
}

const NOTHING = { kind: "failed", summary: "", cause: "", confidence: "low", cites: [], edits: [] } as const;
