import { type Message, TaskState } from "@a2a-js/sdk";
import type { AgentExecutor, TaskStore } from "@a2a-js/sdk/server";
import type { AgentLog } from "../agent-log.ts";
import type { OpenRuns } from "../run/open-runs.ts";
import type { Tasks } from "../run/tasks.ts";
import { decisionIn } from "./decision.ts";
import { textOfParts } from "./message-text.ts";
import { createReport } from "./report.ts";
import { hopsOf } from "./request-rules.ts";
import { endEvents, question } from "./task-events.ts";
import { ownerOf } from "./task-store.ts";

interface ExecutorOptions {
  readonly tasks: Tasks;
  readonly open: OpenRuns;
  readonly store: TaskStore;
  readonly now: () => number;
  readonly log: AgentLog;
}

/** What A2A's messages do: start a task, or answer the question of one that waits. */
export function createExecutor({ tasks, open, store, now, log }: ExecutorOptions): AgentExecutor {
  return {
    async execute({ taskId: id, contextId, userMessage, task, context }, bus) {
      const report = (run: Parameters<typeof createReport>[0], asked: Message) =>
        createReport(run, { store, now, bus, asked });
      if (task?.status?.state === TaskState.TASK_STATE_INPUT_REQUIRED) {
        const run = await open.find(id);
        if (run?.paused === undefined) throw new Error("the run that waited for this answer is gone");
        const answer = decisionIn(userMessage.parts);
        if (answer === undefined) {
          bus.publish(question(run, run.paused, now()));
          return;
        }
        log.info("approval answered", { task: id, by: ownerOf(context), approved: answer.approved });
        await tasks.resume({ ...run, paused: { ...run.paused, answer } }, report(run, userMessage));
        return;
      }
      const run = {
        ...{ id, contextId, caller: ownerOf(context), source: "a2a" as const },
        ...{ text: textOfParts(userMessage.parts), hops: hopsOf(userMessage.metadata), attempts: 0, pauses: 0 },
      };
      await tasks.start(run, report(run, userMessage));
    },
    async cancelTask(id, bus) {
      if (tasks.cancel(id)) return;
      const run = await open.find(id);
      if (run === undefined) return;
      for (const event of endEvents(run, { kind: "canceled" }, now())) bus.publish(event);
      await open.close(id);
      bus.finished();
    },
  };
}
