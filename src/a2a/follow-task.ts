import { setTimeout as sleep } from "node:timers/promises";
import type { Message, StreamResponse, Task } from "@a2a-js/sdk";
import { isEnded } from "./task-of-pull.ts";

/** Milliseconds between two looks at the forge for a stream, and how long one lasts. */
const LOOK = 5000;
const LONGEST_STREAM = 15 * 60_000;

/** An answer as the item of a stream. */
export function streamed(found: Message | Task): StreamResponse {
  return "messageId" in found
    ? { payload: { $case: "message", value: found } }
    : { payload: { $case: "task", value: found } };
}

/** A change of a task's state, and then its artifacts. */
export function* changesOf({
  id: taskId,
  contextId,
  status,
  artifacts,
}: Task): Generator<StreamResponse, void, undefined> {
  for (const artifact of artifacts)
    yield {
      payload: {
        $case: "artifactUpdate",
        value: { taskId, contextId, artifact, append: false, lastChunk: true, metadata: undefined },
      },
    };
  yield { payload: { $case: "statusUpdate", value: { taskId, contextId, status, metadata: undefined } } };
}

/** Each change of a task's state after `first`, until it has ended, the client goes, or a quarter of an hour is over. */
export async function* followTask(
  first: Task,
  look: () => Promise<Task>,
  gone: AbortSignal,
): AsyncGenerator<StreamResponse, void, undefined> {
  const until = performance.now() + LONGEST_STREAM;
  let last = first;
  while (!isEnded(last.status?.state) && performance.now() < until && !gone.aborted) {
    await sleep(LOOK, undefined, { signal: gone, ref: false }).catch(() => undefined);
    if (gone.aborted) return;
    const next = await look();
    if (next.status?.state === last.status?.state && next.status?.timestamp === last.status?.timestamp) continue;
    last = next;
    yield* changesOf(next);
  }
}
