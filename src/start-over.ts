import type { World } from "./world.ts";

/**
 * Runs a pass, or a look at what one would do, and once more where the cache turned out to be damaged in the middle of it:
 * what was done by then is found standing. Throws what the work throws.
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
