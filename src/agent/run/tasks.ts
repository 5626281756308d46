import type { AgentLog } from "../agent-log.ts";
import type { AgentMetrics } from "../agent-metrics.ts";
import type { OpenRuns } from "./open-runs.ts";
import type { RunEnd } from "./run-end.ts";
import type { Paused, RunRecord } from "./run-record.ts";
import type { RunTask } from "./run-task.ts";

/** Tells whoever asked how a task goes; what it tells is kept when the promise resolves. */
export interface TaskReport {
  working(): Promise<void>;
  ended(end: RunEnd): Promise<void>;
}

/** The tasks that this process works at. */
export interface Tasks {
  running(): number;
  hasRoom(): boolean;
  /** Runs a new task to its end. Does nothing where the same task is there already. */
  start(run: RunRecord, report: TaskReport): Promise<void>;
  /** Keeps a new task, and runs it by itself; resolves once it is kept. */
  accept(run: RunRecord, report: TaskReport): Promise<void>;
  /** Goes on with one that waited for a person. */
  resume(run: RunRecord, report: TaskReport): Promise<void>;
  /** Whether the task ran here and is being stopped. */
  cancel(id: string): boolean;
  /** Takes up what other processes left unfinished. */
  takeUp(reportOf: (run: RunRecord) => TaskReport): Promise<void>;
  /** Waits for what runs, at most so long; gives up the rest for another process. */
  leave(milliseconds: number): Promise<void>;
}

interface TasksOptions {
  readonly open: OpenRuns;
  readonly run: RunTask;
  readonly metrics: AgentMetrics;
  readonly log: AgentLog;
  readonly most: number;
}

export function createTasks({ open, run: runTask, metrics, log, most }: TasksOptions): Tasks {
  const running = new Map<string, { readonly stop: AbortController; readonly ended: Promise<void> }>();
  /** Those that run, and those whose lease is just being taken. */
  const claimed = new Set<string>();

  /** Works at a run whose lease is taken. */
  function work(run: RunRecord, report: TaskReport): Promise<void> {
    const stop = new AbortController();
    const ended = untilEnded(run, report, stop.signal)
      .catch((error: unknown) => log.warn("task not finished", { task: run.id, error }))
      .finally(() => {
        running.delete(run.id);
        claimed.delete(run.id);
      });
    running.set(run.id, { stop, ended });
    return ended;
  }

  /** Takes the lease by `take`; whether there is work to do. */
  async function claim(id: string, take: () => Promise<boolean>): Promise<boolean> {
    if (claimed.has(id)) return false;
    claimed.add(id);
    const isTaken = await take().catch((error: unknown) => {
      claimed.delete(id);
      throw error;
    });
    if (!isTaken) claimed.delete(id);
    return isTaken;
  }

  async function untilEnded(run: RunRecord, report: TaskReport, stop: AbortSignal): Promise<void> {
    const { paused } = run;
    if (paused !== undefined && paused.answer === undefined) return waitForPerson(run, paused, report);
    await report.working();
    const end = await runTask(run, stop);
    metrics.taskEnded(run.source, end.kind === "failed" ? end.reason : end.kind);
    if (end.kind === "left") return;
    if (end.kind === "paused") {
      await open.keep({ ...run, pauses: run.pauses + 1, attempts: 0, paused: end.paused });
      return waitForPerson(run, end.paused, report);
    }
    await report.ended(end);
    await open.close(run.id);
  }

  /** The run is kept by now, so that an answer that comes at once finds it. */
  async function waitForPerson(run: RunRecord, paused: Paused, report: TaskReport): Promise<void> {
    log.info("task waits for approval", { task: run.id, tools: paused.calls.map(({ tool }) => tool) });
    await report.ended({ kind: "paused", paused });
    await open.rest(run.id);
  }

  return {
    running: () => claimed.size,
    hasRoom: () => claimed.size < most,
    async start(run, report) {
      if (await claim(run.id, () => open.open(run))) await work(run, report);
    },
    async accept(run, report) {
      if (await claim(run.id, () => open.open(run))) void work(run, report);
    },
    async resume(run, report) {
      await running.get(run.id)?.ended;
      if (await claim(run.id, () => open.resume(run).then(() => true))) await work(run, report);
    },
    cancel(id) {
      const one = running.get(id);
      one?.stop.abort("canceled");
      return one !== undefined;
    },
    async takeUp(reportOf) {
      const before = new Set(running.keys());
      const { taken, gone } = await open.renew(new Set(claimed));
      for (const id of gone) if (before.has(id)) running.get(id)?.stop.abort("canceled");
      for (const run of taken) {
        log.info("task taken up again", { task: run.id, attempt: run.attempts });
        if (await claim(run.id, async () => true)) void work(run, reportOf(run));
      }
    },
    async leave(milliseconds) {
      const all = Promise.all([...running.values()].map(({ ended }) => ended));
      await Promise.race([all, new Promise((done) => setTimeout(done, milliseconds).unref())]);
      const left = new Set(running.keys());
      for (const { stop } of running.values()) stop.abort("left");
      await open.release(left);
    },
  };
}
