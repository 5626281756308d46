import type { World } from "../pass/world.ts";

/**
 * Runs a pass or a dry run. Where it fails because the cache is damaged, repairs the cache and runs it once more; the second
 * run reads what the first one wrote. Throws what the work throws.
 */
export async function startingOver<T>(world: World, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((await world.repair?.(error)) !== true) throw error;
    const words = error instanceof Error ? error.message : String(error);
    world.log.warn({ error: words }, "the cache was damaged; the pass starts over with a new one");
    return work();
  }
}
