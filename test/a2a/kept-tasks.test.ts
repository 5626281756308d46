import { TaskState } from "@a2a-js/sdk";
import { expect, test } from "vitest";
import { bareTask, createKeptTasks, startTask } from "../../src/a2a/kept-tasks.ts";
import { agentMessage, wordsPart } from "../../src/a2a/task-of-pull.ts";
import type { Caller } from "../../src/identity/caller.ts";
import { API_SCOPES } from "../../src/identity/scopes.ts";

const now = () => 0;
const robin: Caller = {
  kind: "principal",
  principal: { kind: "person", login: "robin" },
  trusted: true,
  scopes: { kind: "scoped", scopes: API_SCOPES },
};
const BUSY = agentMessage("m", [wordsPart("busy: try again")]);
const stateOf = (kept: ReturnType<typeof createKeptTasks>) => kept.find(robin, "fleet:0")?.task.status?.state;

test("a task that is written can be asked for; what comes to nothing failed, and says why", () => {
  const kept = createKeptTasks(now);
  const started = startTask("fleet:0", robin, { kept, now });
  expect(started.states.map(({ status }) => status?.state)).toEqual([
    TaskState.TASK_STATE_SUBMITTED,
    TaskState.TASK_STATE_WORKING,
  ]);
  expect(stateOf(kept)).toBe(TaskState.TASK_STATE_WORKING);
  expect(started.giveUp(BUSY).status).toMatchObject({ state: TaskState.TASK_STATE_FAILED, message: BUSY });
  expect(stateOf(kept)).toBe(TaskState.TASK_STATE_FAILED);
});

test("an answer that came to nothing leaves its question", () => {
  const kept = createKeptTasks(now);
  const task = bareTask("fleet:0", TaskState.TASK_STATE_INPUT_REQUIRED, undefined, 0);
  const question = { task, waiting: { tool: "create_agent", args: {}, questions: ["Which language?"] } };
  kept.keep(robin, question);
  const started = startTask("fleet:0", robin, { kept, now });
  expect(kept.find(robin, "fleet:0")?.waiting).toBeUndefined();
  expect(started.giveUp(BUSY)).toEqual(task);
  expect(kept.find(robin, "fleet:0")).toEqual(question);
});
