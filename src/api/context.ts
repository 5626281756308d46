import type { Caller } from "../identity/caller.ts";
import type { World } from "../pass/world.ts";

/** The repositories that a process serves, as tools see them. */
export interface ApiRepositories {
  /** Their addresses, in a fixed order. */
  names(): readonly string[];
  /**
   * Runs `work` with a world of the repository that no pass uses, one after the other: `work` must be short. Throws ToolBusy where too
   * many wait, and what `work` throws.
   */
  use<T>(repository: string, work: (world: World) => Promise<T>): Promise<T>;
  /** As `use`, in a line of its own, for what a model takes minutes for: `work` reads, and writes nothing. */
  draft<T>(repository: string, work: (world: World) => Promise<T>): Promise<T>;
}

/** Too many calls wait for a repository. */
export class ToolBusy extends Error {
  override readonly name = "ToolBusy";
}

/** What a tool is called with. */
export interface ToolContext {
  readonly caller: Caller;
  readonly repositories: ApiRepositories;
  /** Is told the id of a request before it is written or planned, since that takes long. */
  readonly begun: (request: string) => void;
}
