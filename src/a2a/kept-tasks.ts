import { type Message, type Task, TaskState } from "@a2a-js/sdk";
import { type Caller, callerId } from "../identity/caller.ts";
import { agentMessage, wordsPart } from "./task-of-pull.ts";

/** A call that waits for an answer: which tool, with which arguments. */
export interface WaitingCall {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly questions: readonly string[];
}

/** A task that has no pull request: a question that waits for its answer, or a request that was refused. */
export interface KeptTask {
  readonly task: Task;
  /** Undefined: there is nothing to answer any more. */
  readonly waiting: WaitingCall | undefined;
}

/** Tasks without a pull request, each for its asker alone. */
export interface KeptTasks {
  find(caller: Caller, id: string): KeptTask | undefined;
  list(caller: Caller): readonly Task[];
  keep(caller: Caller, kept: KeptTask): void;
  /** Its pull request is there. */
  forget(caller: Caller, id: string): void;
}

/** Tasks that are kept at most, those of one caller, and for how many milliseconds. */
const MOST = 2000;
const MOST_OF_ONE = 50;
const KEPT_FOR = 60 * 60_000;

/** Keeps tasks without a pull request for an hour, in memory: after a restart their asker asks again. The oldest go first. */
export function createKeptTasks(now: () => number): KeptTasks {
  const tasks = new Map<string, { readonly owner: string; readonly until: number; readonly kept: KeptTask }>();
  const keyOf = (caller: Caller, id: string) => `${callerId(caller)}\0${id}`;
  const dropOld = () => {
    for (const [key, { until }] of tasks) if (until <= now()) tasks.delete(key);
  };
  const ofOwner = (owner: string) => [...tasks].filter(([, one]) => one.owner === owner);
  return {
    find(caller, id) {
      dropOld();
      return tasks.get(keyOf(caller, id))?.kept;
    },
    list(caller) {
      dropOld();
      return ofOwner(callerId(caller))
        .map(([, { kept }]) => kept.task)
        .reverse();
    },
    keep(caller, kept) {
      dropOld();
      const owner = callerId(caller);
      tasks.delete(keyOf(caller, kept.task.id));
      const [first] = ofOwner(owner).length >= MOST_OF_ONE ? ofOwner(owner) : tasks.size >= MOST ? tasks : [];
      if (first !== undefined) tasks.delete(first[0]);
      tasks.set(keyOf(caller, kept.task.id), { owner, until: now() + KEPT_FOR, kept });
    },
    forget: (caller, id) => void tasks.delete(keyOf(caller, id)),
  };
}

/** A task with nothing but its state. */
export function bareTask(
  id: string,
  state: TaskState,
  message: NonNullable<Task["status"]>["message"],
  at: number,
): Task {
  const status = { state, message, timestamp: new Date(at).toISOString() };
  return { id, contextId: id, status, artifacts: [], history: [], metadata: undefined };
}

/** Withdraws a question; undefined where there is nothing to withdraw. */
export function canceledTask({ task, waiting }: KeptTask, at: number): KeptTask | undefined {
  if (waiting === undefined) return undefined;
  return { task: bareTask(task.id, TaskState.TASK_STATE_CANCELED, undefined, at), waiting: undefined };
}

/** A task on its way to a pull request. */
export interface StartedTask {
  readonly id: string;
  /** Submitted, and then working. */
  readonly states: readonly Task[];
  /** Nothing came of it, and it may be asked again: what it is now, a question that was kept before, or a task that failed. */
  giveUp(why: Message): Task;
}

/** Keeps a task while it is written, planned and judged, which takes minutes where a model writes it. */
export function startTask(
  id: string,
  caller: Caller,
  { kept, now }: { readonly kept: KeptTasks; readonly now: () => number },
): StartedTask {
  const before = kept.find(caller, id);
  const message = agentMessage(`${id}-status`, [wordsPart("It is written, planned and judged.")], id);
  const working = bareTask(id, TaskState.TASK_STATE_WORKING, message, now());
  kept.keep(caller, { task: working, waiting: undefined });
  return {
    id,
    states: [bareTask(id, TaskState.TASK_STATE_SUBMITTED, undefined, now()), working],
    giveUp(why) {
      const failed = { task: bareTask(id, TaskState.TASK_STATE_FAILED, why, now()), waiting: undefined };
      const left = before?.waiting === undefined ? failed : before;
      kept.keep(caller, left);
      return left.task;
    },
  };
}
