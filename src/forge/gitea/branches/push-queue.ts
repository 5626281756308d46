import type { Pushed } from "../../../git/mirror/push-mirror.ts";
import type { RefUpdate } from "../../../git/write/refs.ts";

/** Pushes one ref; those that come while a push runs share the next one. Throws what `send` throws. */
export type PushQueue = (update: RefUpdate) => Promise<Pushed>;

/** Most refs of one push. */
const GROUP = 100;

interface Waiting {
  readonly update: RefUpdate;
  readonly resolve: (pushed: Pushed) => void;
  readonly reject: (error: unknown) => void;
}

/** The queue in front of a function that pushes several refs: a hundred pull requests take a few pushes. */
export function createPushQueue(send: (updates: readonly RefUpdate[]) => Promise<readonly Pushed[]>): PushQueue {
  const queue: Waiting[] = [];
  let running = false;
  async function run(): Promise<void> {
    running = true;
    // Pushes of the same turn of the event loop join the group.
    await Promise.resolve();
    while (queue.length > 0) await settle(send, takeGroup(queue));
    running = false;
  }
  return (update) =>
    new Promise((resolve, reject) => {
      queue.push({ update, resolve, reject });
      if (!running) void run();
    });
}

/** The first of the queue, without two updates of one ref. */
function takeGroup(queue: Waiting[]): readonly Waiting[] {
  const refs = new Set<string>();
  let count = 0;
  for (const { update } of queue.slice(0, GROUP)) {
    if (refs.has(update.ref)) break;
    refs.add(update.ref);
    count += 1;
  }
  return queue.splice(0, count);
}

async function settle(
  send: (updates: readonly RefUpdate[]) => Promise<readonly Pushed[]>,
  group: readonly Waiting[],
): Promise<void> {
  try {
    const results = await send(group.map(({ update }) => update));
    for (const [index, { resolve }] of group.entries())
      resolve(results[index] ?? { kind: "refused", words: "the remote did not answer for it" });
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}
