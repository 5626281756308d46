import { parentPort, workerData } from "node:worker_threads";
import type { AgentKey, SharedInputs } from "../../domain/fleet.ts";
import type { Path, Sha } from "../../domain/values/scalars.ts";
import type { GitPlace } from "../../git/git-place.ts";
import { readerBelow } from "../../git/objects/folder-paths.ts";
import { openObjectReader } from "../../git/objects/object-reader.ts";
import type { SpecSurvey, Trees } from "../../plan/survey-spec.ts";
import { assumeFacts } from "../presumed-facts.ts";
import { createGitBytes } from "../source/git-bytes.ts";
import { createLocalReader } from "../source/local-reader.ts";
import type { SpecFile } from "../source/source.ts";

/** The code of a worker thread: one reader that answers messages. */

export interface WorkerInput {
  readonly place: GitPlace;
  readonly sha: Sha;
  /** The folder of the repository in which RAOS's files lie. */
  readonly below: Path;
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
const objects = readerBelow(openObjectReader(input.place), input.below);
const fleet = { ...input.shared, facts: assumeFacts(input.shared), callers: new Map() };
const reader = createLocalReader(createGitBytes(objects, input.sha), fleet, input.kept, () => objects.close());

parentPort?.on("message", async ({ id, question }: { readonly id: number; readonly question: WorkerQuestion }) => {
  parentPort?.postMessage({ id, answer: await answer(question).catch(failedAnswer) });
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

function failedAnswer(error: unknown): WorkerAnswer {
  return { kind: "failed", error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
