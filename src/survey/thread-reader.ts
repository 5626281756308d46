import { Worker } from "node:worker_threads";
import type { SpecSurvey } from "../plan/survey-spec.ts";
import type { SpecReader } from "./source.ts";
import type { WorkerInput, WorkerQuestion } from "./worker.ts";

type WorkerAnswer =
  | { readonly id: number; readonly rows: readonly SpecSurvey[]; readonly error?: undefined }
  | { readonly id: number; readonly error: string };

interface Waiting {
  readonly resolve: (rows: readonly SpecSurvey[]) => void;
  readonly reject: (error: Error) => void;
}

/** Heap of one thread, in MiB: it holds one batch at a time, so that a fleet of any size fits. */
const LIMITS = { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 24 };

/** Reads and compiles on `threads` other threads, each with its own Git reader. Throws what a thread threw. */
export function threadReader(input: WorkerInput, threads: number): SpecReader {
  const file = import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js";
  const lanes = Array.from({ length: threads }, () =>
    lane(new Worker(new URL(file, import.meta.url), { workerData: input, resourceLimits: LIMITS })),
  );
  return {
    lanes: threads * 2,
    async survey(files, callers) {
      const idle = lanes.reduce((best, candidate) => (candidate.waiting.size < best.waiting.size ? candidate : best));
      return idle.ask({ files, callers });
    },
    async close() {
      await Promise.all(lanes.map((open) => open.close()));
    },
  };
}

function lane(worker: Worker) {
  const waiting = new Map<number, Waiting>();
  let next = 0;
  const fail = (error: Error) => {
    for (const one of waiting.values()) one.reject(error);
    waiting.clear();
  };
  worker.on("message", (answer: WorkerAnswer) => {
    const one = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.error !== undefined) one?.reject(new Error(answer.error));
    else one?.resolve(answer.rows);
  });
  worker.on("error", fail);
  worker.on("exit", () => fail(new Error("a reading thread ended early")));
  return {
    waiting,
    ask(question: Omit<WorkerQuestion, "id">): Promise<readonly SpecSurvey[]> {
      const id = next++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, ...question } satisfies WorkerQuestion);
      });
    },
    close(): Promise<void> {
      return new Promise((resolve) => {
        worker.once("exit", () => resolve());
        worker.postMessage("close");
      });
    },
  };
}
