import type { World } from "../../pass/world.ts";

/** Most answers remembered of a repository. */
const MOST = 500;

interface Remembered<T> {
  readonly until: number;
  readonly answer: Promise<T>;
}

/** Answers about repositories, remembered for a while. */
export interface Remembering<T> {
  /** The answer that is remembered under this key, or what `read` gives now. */
  read(world: World, key: string, read: () => Promise<T>): Promise<T>;
  forget(world: World, key: string): void;
}

/**
 * Remembers answers about a repository for some milliseconds, by a key: many calls in a moment cost the forge one request. An answer
 * that failed is not remembered.
 */
export function rememberFor<T>(milliseconds: number): Remembering<T> {
  const worlds = new WeakMap<World, Map<string, Remembered<T>>>();
  return {
    forget: (world, key) => void worlds.get(world)?.delete(key),
    read(world, key, read) {
      const answers = worlds.get(world) ?? new Map<string, Remembered<T>>();
      worlds.set(world, answers);
      const now = world.now();
      const known = answers.get(key);
      if (known !== undefined && now < known.until) return known.answer;
      answers.delete(key);
      const [oldest] = answers.keys();
      if (answers.size >= MOST && oldest !== undefined) answers.delete(oldest);
      const answer = read();
      answers.set(key, { until: now + milliseconds, answer });
      answer.catch(() => answers.delete(key));
      return answer;
    },
  };
}
