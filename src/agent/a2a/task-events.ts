import { type Message, type Part, Role, type Task, TaskState, type TaskStatus } from "@a2a-js/sdk";
import { AgentEvent, type AgentExecutionEvent } from "@a2a-js/sdk/server";
import type { RunEnd } from "../run/run-end.ts";
import type { Paused, RunRecord } from "../run/run-record.ts";
import { plainTextPart } from "./message-text.ts";

/** Key of a status' metadata: why a task ended, as one word. */
export const REASON = "raos.dev/reason";

type Run = Pick<RunRecord, "id" | "contextId">;

/** The task at its start, with the message that asked for it. */
export function workingTask(run: Run, now: number, asked: Message): AgentExecutionEvent {
  const task: Task = {
    ...{ id: run.id, contextId: run.contextId, artifacts: [], history: [asked], metadata: undefined },
    status: statusOf(run, TaskState.TASK_STATE_WORKING, now, []),
  };
  return AgentEvent.task(task);
}

export function workingAgain(run: Run, now: number): AgentExecutionEvent {
  return statusUpdate(run, statusOf(run, TaskState.TASK_STATE_WORKING, now, []));
}

/** What A2A hears of a run's end: its answer as an artifact, then the state. Nothing of a run that another process goes on with. */
export function endEvents(run: Run, end: RunEnd, now: number): readonly AgentExecutionEvent[] {
  const update = (state: TaskState, parts: readonly Part[], reason?: string) =>
    statusUpdate(run, statusOf(run, state, now, parts), reason);
  switch (end.kind) {
    case "answered":
      return [answer(run, end.text), update(TaskState.TASK_STATE_COMPLETED, [])];
    case "paused":
      return [question(run, end.paused, now)];
    case "failed":
      return [update(TaskState.TASK_STATE_FAILED, [plainTextPart(end.words)], end.reason)];
    case "canceled":
      return [update(TaskState.TASK_STATE_CANCELED, [])];
    case "left":
      return [];
    default:
      return end satisfies never;
  }
}

/** Asks for approval, in words for a person and in data for a program. */
export function question(run: Run, { calls }: Paused, now: number): AgentExecutionEvent {
  const named = calls.map(({ tool, arguments: given }) => `${tool}(${given})`).join(", ");
  const words = `Approval is needed for ${named}. Answer "approve", or "reject" and why.`;
  const data: Part = {
    content: { $case: "data", value: { approvals: calls } },
    ...{ mediaType: "application/json", filename: "", metadata: undefined },
  };
  return statusUpdate(
    run,
    statusOf(run, TaskState.TASK_STATE_INPUT_REQUIRED, now, [plainTextPart(words), data]),
    "approval",
  );
}

function answer(run: Run, text: string): AgentExecutionEvent {
  return AgentEvent.artifactUpdate({
    ...{ taskId: run.id, contextId: run.contextId, append: false, lastChunk: true, metadata: undefined },
    artifact: {
      ...{ artifactId: `${run.id}-answer`, name: "answer", description: "", parts: [plainTextPart(text)] },
      ...{ metadata: undefined, extensions: [] },
    },
  });
}

function statusUpdate(run: Run, status: TaskStatus, reason?: string): AgentExecutionEvent {
  const metadata = reason === undefined ? undefined : { [REASON]: reason };
  return AgentEvent.statusUpdate({ taskId: run.id, contextId: run.contextId, status, metadata });
}

function statusOf(run: Run, state: TaskState, now: number, parts: readonly Part[]): TaskStatus {
  const message: Message | undefined =
    parts.length === 0
      ? undefined
      : {
          ...{ messageId: `${run.id}-${state}-${now}`, taskId: run.id, contextId: run.contextId, parts: [...parts] },
          ...{ role: Role.ROLE_AGENT, metadata: undefined, extensions: [], referenceTaskIds: [] },
        };
  return { state, message, timestamp: new Date(now).toISOString() };
}
