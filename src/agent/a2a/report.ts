import { type Message, Role } from "@a2a-js/sdk";
import {
  type AgentExecutionEvent,
  type ExecutionEventBus,
  ResultManager,
  ServerCallContext,
  type TaskStore,
} from "@a2a-js/sdk/server";
import type { RunRecord } from "../run/run-record.ts";
import type { TaskReport } from "../run/tasks.ts";
import { plainTextPart } from "./message-text.ts";
import { HOPS } from "./request-rules.ts";
import { endEvents, workingAgain, workingTask } from "./task-events.ts";

interface ReportOptions {
  readonly store: TaskStore;
  readonly now: () => number;
  /** Who listens to the task in this process; undefined: nobody. */
  readonly bus: ExecutionEventBus | undefined;
  /** The message that asked; left out: made from the run. */
  readonly asked?: Message;
}

/** Keeps a task's events in the store first, then passes them on: what a listener heard is never lost. */
export function createReport(run: RunRecord, { store, now, bus, asked = messageOf(run) }: ReportOptions): TaskReport {
  const context = contextOf(run.caller);
  const manager = new ResultManager(store, context);
  const tell = async (event: AgentExecutionEvent) => {
    await manager.processEvent(event);
    bus?.publish(event);
  };
  return {
    async working() {
      const known = await store.load(run.id, context);
      await tell(known === undefined ? workingTask(run, now(), asked) : workingAgain(run, now()));
    },
    async ended(end) {
      for (const event of endEvents(run, end, now())) await tell(event);
    },
  };
}

/** The context of a caller whose name is known. */
export function contextOf(caller: string): ServerCallContext {
  return new ServerCallContext({ requestedVersion: "1.0", user: { isAuthenticated: caller !== "", userName: caller } });
}

function messageOf(run: RunRecord): Message {
  return {
    ...{ messageId: run.id, contextId: run.contextId, taskId: run.id, role: Role.ROLE_USER },
    ...{ parts: [plainTextPart(run.text)], metadata: { [HOPS]: run.hops }, extensions: [], referenceTaskIds: [] },
  };
}
