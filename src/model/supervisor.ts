import type { Evidence } from "../domain/alert/evidence.ts";
import type { Instant } from "../domain/values/scalars.ts";
import { keepPromptsHere, startBudgetedRun } from "./budgeted-run.ts";
import type { DayBudget } from "./day-budget.ts";
import type { Answer, Instruments, Investigator, Question } from "./investigator.ts";
import { Output, readOutput } from "./output.ts";
import { INSTRUCTIONS, questionText } from "./render.ts";
import { createRunner } from "./runner.ts";
import { applySecondLook, SECOND_LOOK_INSTRUCTIONS, SecondLook, secondLookText } from "./second-look.ts";
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
  /** Sends each request; left out, the global one. */
  readonly fetch?: typeof fetch;
}

/**
 * The supervisor: an agent of the OpenAI Agents SDK that reads through the instruments and answers in a fixed shape, within
 * budgets of turns, tokens, seconds, and dollars a day. It has only its own credential, and connects only to its endpoint.
 */
export function createSupervisor(options: SupervisorOptions): Investigator {
  keepPromptsHere();
  return { investigate: (question, instruments, signal) => investigate(question, instruments, options, signal) };
}

async function investigate(
  question: Question,
  instruments: Instruments,
  options: SupervisorOptions,
  outer: AbortSignal | undefined,
): Promise<Answer> {
  const { budget, name } = options;
  const evidence: Evidence[] = [...question.evidence];
  const budgeted = startBudgetedRun(options, outer);
  const { meter, signal, timeoutMs } = budgeted;
  const costs = () => {
    const { turns, tokens, dollars } = meter.account();
    return { model: name, turns, tokens, dollars };
  };
  try {
    const run = createRunner({ ...options, timeoutMs, fetch: meter.fetch, signal });
    const tools = toolsOf(instruments, (one) => evidence.push(one));
    const role = { name: "supervisor", instructions: INSTRUCTIONS, tools, turns: budget.turns, shape: Output };
    const finding = readOutput(await run(role, questionText(question)), evidence);
    if (finding.kind !== "found" || finding.edits.length === 0)
      return { ...finding, evidence, reason: "answered", ...costs() };
    // Without tools. Where the second look fails, the finding counts with a lower confidence.
    const checker = { name: "checker", instructions: SECOND_LOOK_INSTRUCTIONS, tools: [], turns: 1, shape: SecondLook };
    const second = await run(checker, secondLookText(finding, evidence)).catch(() => undefined);
    return { ...applySecondLook(finding, second), evidence, reason: "answered", ...costs() };
  } catch (error) {
    return { ...NOTHING, evidence, reason: budgeted.reasonOf(error), ...costs() };
  } finally {
    budgeted.end();
  }
}

const NOTHING = { kind: "failed", summary: "", cause: "", confidence: "low", cites: [], edits: [] } as const;
