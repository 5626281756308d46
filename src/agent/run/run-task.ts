import { Agent, type AgentInputItem, Runner, RunState, type Tool, tool } from "@openai/agents-core";
import type { AgentConfig } from "../../domain/agent/agent-config.ts";
import type { AgentLog } from "../agent-log.ts";
import type { Conversations } from "../state/conversations.ts";
import type { Spending } from "../state/spending.ts";
import type { StateStore } from "../state/state-store.ts";
import type { AgentTool } from "../tools/agent-tool.ts";
import type { McpServers } from "../tools/mcp-servers.ts";
import { type Journal, openJournal } from "./journal.ts";
import type { RunModel } from "./language-model.ts";
import { createAllowance } from "./limits.ts";
import { type RunEnd, runEndOf, type StopReason } from "./run-end.ts";
import type { Paused, RunRecord } from "./run-record.ts";

/** Runs a task until it has an answer, waits for a person or ends otherwise. `stop` ends it; its reason says why. */
export type RunTask = (run: RunRecord, stop: AbortSignal) => Promise<RunEnd>;

interface RunTaskOptions {
  readonly config: AgentConfig;
  readonly instructions: string;
  readonly model: RunModel;
  readonly mcp: McpServers;
  readonly peers: readonly AgentTool[];
  readonly store: StateStore;
  readonly conversations: Conversations;
  readonly spending: Spending;
  readonly log: AgentLog;
}

/** Processes that may try a task; after that it is the task that ends them. */
const MOST_ATTEMPTS = 3;

export function createRunTask(options: RunTaskOptions): RunTask {
  const { config, store, conversations, log } = options;
  const runner = new Runner({ tracingDisabled: true, toolNotFoundBehavior: "return_error_to_model" });
  return async (run, stop) => {
    if (run.attempts > MOST_ATTEMPTS)
      return { kind: "failed", reason: "crashed", words: `${MOST_ATTEMPTS} processes ended while they worked at it` };
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), config.limits.seconds * 1000);
    const signal = AbortSignal.any([stop, late.signal]);
    try {
      const journal = await openJournal(store, run, log);
      const agent = await agentOf(options, run, journal, signal);
      const history = await conversations.read(run.caller, run.contextId);
      const input = run.paused === undefined ? [...history, asked(run.text)] : await resumed(agent, run.paused);
      const result = await orStopped(runner.run(agent, input, { maxTurns: config.limits.turns, signal }), signal);
      const before = run.paused?.before ?? history.length;
      const [first] = result.interruptions;
      if (first !== undefined) return { kind: "paused", paused: pausedOf(result, before) };
      const end: RunEnd = {
        kind: "answered",
        text: String(result.finalOutput ?? ""),
        items: result.history.slice(before),
      };
      await conversations.append(run, end.items);
      return end;
    } catch (error) {
      const end = runEndOf(
        error,
        stop.aborted ? reasonOf(stop) : late.signal.aborted ? "seconds" : undefined,
        config.limits.seconds,
      );
      if (end.kind === "failed") log.warn("task failed", { task: run.id, reason: end.reason, error });
      return end;
    } finally {
      clearTimeout(timer);
    }
  };
}

async function agentOf(options: RunTaskOptions, run: RunRecord, journal: Journal, signal: AbortSignal): Promise<Agent> {
  const { config, instructions, model, mcp, peers, spending } = options;
  const { tools, unavailable } = await mcp.tools();
  const note = unavailable.length === 0 ? "" : `\n\nThe tools of ${unavailable.join(", ")} are unavailable now.`;
  return new Agent({
    name: config.name,
    instructions: `${instructions}${note}`,
    model: model(journal, createAllowance(config.limits, spending)),
    tools: [...tools, ...peers].map((one) => sdkTool(one, run, journal, signal)),
  });
}

/** The tool for the SDK: its answer is kept in the journal before the model sees it. */
function sdkTool(one: AgentTool, run: RunRecord, journal: Journal, signal: AbortSignal): Tool {
  const { properties, required } = one.parameters;
  return tool({
    name: one.name,
    description: one.description,
    parameters: { type: "object", properties: { ...properties }, required: [...required], additionalProperties: true },
    strict: false,
    needsApproval: one.needsApproval,
    execute: (given, _context, details) => {
      const callId = details?.toolCall?.callId ?? "";
      return journal.output(callId, async () => {
        const call = {
          ...{ callId, runId: run.id, contextId: run.contextId, hops: run.hops + 1, signal },
          peerTask: journal.peerTask(callId),
          keepPeerTask: (taskId: string) => journal.keepPeerTask(callId, taskId),
        };
        try {
          return await one.call(isRecord(given) ? given : {}, call);
        } catch (error) {
          // A call that was stopped has no answer to keep.
          if (signal.aborted) throw error;
          return `The tool failed: ${error instanceof Error ? error.message : "for no reason that it says"}`;
        }
      });
    },
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asked(text: string): AgentInputItem {
  return { role: "user", content: text };
}

interface Interrupted {
  readonly state: { toString(): string };
  readonly interruptions: readonly { readonly rawItem: object }[];
}

function pausedOf({ state, interruptions }: Interrupted, before: number): Paused {
  const calls = interruptions.map(({ rawItem }) => ({
    id: textAt(rawItem, "callId"),
    tool: textAt(rawItem, "name"),
    arguments: textAt(rawItem, "arguments"),
  }));
  return { state: state.toString(), before, calls };
}

function textAt(item: object, key: string): string {
  const value: unknown = Reflect.get(item, key);
  return typeof value === "string" ? value : "";
}

/** The paused run with the person's answer to every call that waits. */
async function resumed(agent: Agent, { state, answer }: Paused) {
  const run = await RunState.fromString<unknown, Agent>(agent, state);
  for (const item of run.getInterruptions()) {
    if (answer?.approved === true) run.approve(item);
    else run.reject(item, { message: `A person refused this call. ${answer?.reason ?? ""}`.trim() });
  }
  return run;
}

/** Rejects at once when the signal aborts, also where a tool ignores it. */
function orStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const stopped = new Promise<never>((_, reject) => {
    const leave = () => reject(new Error("stopped"));
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
  });
  return Promise.race([work, stopped]);
}

function reasonOf(stop: AbortSignal): StopReason {
  return stop.reason === "canceled" ? "canceled" : "left";
}
