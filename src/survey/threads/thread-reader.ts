import { Worker } from "node:worker_threads";
import { passSignal, untilDeadline } from "../../deadline/deadline.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { keyOfPath } from "../../plan/survey-spec.ts";
import type { SpecFile, SpecReader } from "../source/source.ts";
import type { WorkerAnswer, WorkerInput, WorkerQuestion } from "./worker.ts";

/** Heap of one thread, in MiB: it holds one batch and the agents it keeps, whatever the size of the fleet. */
const LIMITS = { maxOldGenerationSizeMb: 112, maxYoungGenerationSizeMb: 16 };

type Callers = ReadonlyMap<AgentKey, readonly AgentKey[]>;

/**
 * Reads and compiles on other threads, each with its own Git reader. An agent is compiled by the thread that read it, which
 * may still have it in memory. Throws what a thread threw.
 */
export function createThreadReader(input: WorkerInput, threads: number): SpecReader {
  const file = import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js";
  const start = () => lane(new Worker(new URL(file, import.meta.url), { workerData: input, resourceLimits: LIMITS }));
  const lanes = Array.from({ length: threads }, start);
  const readBy = new Map<Path, Lane>();
  const leastBusy = () => lanes.reduce((best, one) => (one.waiting() < best.waiting() ? one : best));
  return {
    lanes: threads * 2,
    async read(files) {
      const one = leastBusy();
      for (const { path } of files) readBy.set(path, one);
      const answer = await one.ask({ kind: "read", files });
      return answer.kind === "read" ? answer.rows : throwUnexpected(answer);
    },
    async compile(files, callers) {
      const groups = Map.groupBy(files, (each) => readBy.get(each.path) ?? leastBusy());
      const compiled = await Promise.all([...groups].map(([one, group]) => compileOn(one, group, callers)));
      return new Map(compiled.flatMap((trees) => [...trees]));
    },
    async close() {
      // A thread that computes without end would not read a message.
      if (passSignal()?.aborted === true) await Promise.all(lanes.map((one) => one.terminate()));
      else await Promise.all(lanes.map((one) => one.ask({ kind: "close" })));
    },
  };
}

async function compileOn(one: Lane, files: readonly SpecFile[], callers: Callers) {
  // Only the callers of these files are sent to the thread.
  const own = files.flatMap(({ path }): [AgentKey, readonly AgentKey[]][] => {
    const list = callers.get(keyOfPath(path));
    return list === undefined ? [] : [[keyOfPath(path), list]];
  });
  const answer = await one.ask({ kind: "compile", files, callers: new Map(own) });
  return answer.kind === "compiled" ? answer.trees : throwUnexpected(answer);
}

function throwUnexpected(answer: WorkerAnswer): never {
  throw new Error(answer.kind === "failed" ? answer.error : `a reading thread answered ${answer.kind}`);
}

interface Lane {
  /** Unanswered questions. */
  waiting(): number;
  ask(question: WorkerQuestion): Promise<WorkerAnswer>;
  terminate(): Promise<unknown>;
}

function lane(worker: Worker): Lane {
  const waiting = new Map<number, PromiseWithResolvers<WorkerAnswer>>();
  let next = 0;
  const fail = (error: Error) => {
    for (const one of waiting.values()) one.reject(error);
    waiting.clear();
  };
  worker.on("message", ({ id, answer }: { readonly id: number; readonly answer: WorkerAnswer }) => {
    waiting.get(id)?.resolve(answer);
    waiting.delete(id);
  });
  worker.on("error", fail);
  worker.on("exit", () => fail(new Error("a reading thread ended early")));
  return {
    waiting: () => waiting.size,
    ask(question) {
      const id = next++;
      const one = Promise.withResolvers<WorkerAnswer>();
      waiting.set(id, one);
      worker.postMessage({ id, question });
      return untilDeadline(one.promise);
    },
    terminate: () => worker.terminate(),
  };
}
