import { parentPort, workerData } from "node:worker_threads";
import type { AgentKey, SharedInputs } from "../domain/fleet.ts";
import type { Path, Sha } from "../domain/scalars.ts";
import type { GitPlace } from "../git/git-place.ts";
import { openObjectReader } from "../git/object-reader.ts";
import type { SpecSurvey, Trees } from "../plan/survey-spec.ts";
import { gitBytes } from "./git-bytes.ts";
import { localReader } from "./local-reader.ts";
import { presumedFacts } from "./presumed-facts.ts";
import type { SpecFile } from "./source.ts";

/** The inside of a worker thread: one reader, asked by messages. */

export interface WorkerInput {
  readonly place: GitPlace;
  readonly sha: Sha;
  readonly shared: SharedInputs;
  /** Agents kept between reading and compiling. */
  readonly kept: number;
}

export type WorkerQuestion =
  | { readonly kind: "read"; readonly files: readonly SpecFile[] }
  | {
      readonly kind: "compile";
      readonly files: readonly SpecFile[];
      readonly callers: ReadonlyMap<AgentKey, readonly AgentKey[]>;
    }
  | { readonly kind: "close" };

export type WorkerAnswer =
  | { readonly kind: "read"; readonly rows: readonly SpecSurvey[] }
  | { readonly kind: "compiled"; readonly trees: ReadonlyMap<Path, Trees> }
  | { readonly kind: "closed" }
  | { readonly kind: "failed"; readonly error: string };

const input: WorkerInput = workerData;
const objects = openObjectReader(input.place);
const fleet = { ...input.shared, facts: presumedFacts(input.shared), callers: new Map() };
const reader = localReader(gitBytes(objects, input.sha), fleet, input.kept, () => objects.close());

parentPort?.on("message", async ({ id, question }: { readonly id: number; readonly question: WorkerQuestion }) => {
  parentPort?.postMessage({ id, answer: await answer(question).catch(failed) });
  if (question.kind === "close") parentPort?.close();
});

async function answer(question: WorkerQuestion): Promise<WorkerAnswer> {
  switch (question.kind) {
    case "read":
      return { kind: "read", rows: await reader.read(question.files) };
    case "compile":
      return { kind: "compiled", trees: await reader.compile(question.files, question.callers) };
    case "close":
      await reader.close();
      return { kind: "closed" };
    default:
      return question satisfies never;
  }
}

function failed(error: unknown): WorkerAnswer {
  return { kind: "failed", error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
