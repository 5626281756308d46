import type { World } from "../pass/world.ts";

/**
 * Requests in words that people wrote, which a model answers: that takes minutes, and a pass does not wait for it. What is lost with
 * the process is begun again by the next one, since what people wrote has no answer yet.
 */
export interface RequestLine {
  /** Whether the request of this key is being answered. */
  isBusy(key: string): boolean;
  /** Has it answered, in a world of its own. Does nothing where it is being answered. */
  begin(key: string, answer: (world: World) => Promise<void>): void;
}
