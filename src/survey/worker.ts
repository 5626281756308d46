import { parentPort, workerData } from "node:worker_threads";
import type { AgentKey, SharedInputs } from "../domain/fleet.ts";
import type { Sha } from "../domain/scalars.ts";
import type { GitPlace } from "../git/git-place.ts";
import { openObjectReader } from "../git/object-reader.ts";
import { gitBytes } from "./git-bytes.ts";
import { localReader } from "./local-reader.ts";
import { presumedFacts } from "./presumed-facts.ts";
import type { SpecFile } from "./source.ts";

/** The inside of a worker thread: one reader, asked by messages. */

export interface WorkerInput {
  readonly place: GitPlace;
  readonly sha: Sha;
  readonly shared: SharedInputs;
}

export interface WorkerQuestion {
  readonly id: number;
  readonly files: readonly SpecFile[];
  readonly callers: ReadonlyMap<AgentKey, readonly AgentKey[]>;
}

const input: WorkerInput = workerData;
const objects = openObjectReader(input.place);
const fleet = { ...input.shared, facts: presumedFacts(input.shared), callers: new Map() };
const reader = localReader(gitBytes(objects, input.sha), fleet, () => objects.close());

parentPort?.on("message", async (question: WorkerQuestion | "close") => {
  if (question === "close") {
    await reader.close();
    parentPort?.close();
    return;
  }
  try {
    parentPort?.postMessage({ id: question.id, rows: await reader.survey(question.files, question.callers) });
  } catch (error) {
    parentPort?.postMessage({
      id: question.id,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
});
