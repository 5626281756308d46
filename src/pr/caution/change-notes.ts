import type { AgentKey } from "../../domain/fleet.ts";
import type { Instant, Path, Sha } from "../../domain/values/scalars.ts";

/** An agent whose file was moved: the same content under another name. */
export interface Rename {
  readonly from: AgentKey;
  readonly to: AgentKey;
  /** Whether it keeps data in a volume of its own, which stays with the old name. */
  readonly hasVolume: boolean;
  /** Whether it keeps data in a state store, below its old name. */
  readonly hasState: boolean;
}

/** A change that a person made in a generated file, and that the pull request takes back. */
export interface HandEdit {
  readonly path: Path;
  readonly sha: Sha;
  /** Name of the commit's author, as it is in Git: untrusted text. */
  readonly author: string;
  readonly at: Instant;
}

/** What is known of a change from outside of its files: the history, and the other pull requests of the pass. */
export interface ChangeNotes {
  readonly renames: readonly Rename[];
  readonly handEdits: readonly HandEdit[];
}
