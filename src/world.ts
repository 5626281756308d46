import type { Config } from "./domain/kinds.ts";
import type { Instant, Path, Sha } from "./domain/scalars.ts";
import type { Forge } from "./forge/forge.ts";
import type { Investigations, NoInvestigations } from "./investigations.ts";
import type { Observatory } from "./observe/observatory.ts";
import type { SurveyStore } from "./survey/store.ts";
import type { SurveyMemory } from "./survey/survey.ts";
import type { View } from "./survey/view.ts";

/** Static messages, data in fields; never a secret, never a prompt. */
export interface Log {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Everything that reconciling one repository needs of the outside. */
export interface World {
  readonly forge: Forge;
  /** Brings a branch here, where it lies elsewhere, and looks at it; undefined where it has no commit. */
  look(branch: string, sha: Sha): Promise<View | undefined>;
  /** The memo of this repository. */
  readonly store: SurveyStore;
  /** What this process remembers of it besides. */
  readonly memory: SurveyMemory;
  /** When the evidence of an incident with an open issue was last read, by the key. */
  readonly lookedAt: Map<string, Instant>;
  /** Pull requests of alerts that were planned again and stayed as they are, by branch: what that depended on. */
  readonly settled: Map<string, string>;
  /** Guardrails that ship with the program. */
  readonly shippedPolicies: readonly { readonly path: Path; readonly bytes: Uint8Array }[];
  /**
   * Makes anew what can be made anew where it turned out to be damaged in the middle of a pass: the memo, the copy of a
   * remote repository. Answers whether there was something, so that the pass may start over. Left out: there is nothing.
   */
  repair?(error: unknown): Promise<boolean>;
  readonly log: Log;
  now(): Instant;
  /** What can be read of the running agents, where the configuration on the default branch says it lies. */
  observe(config: Config): Observatory;
  /** The model that is asked where no rule fits; undefined where none is configured, or the process has no key for it. */
  investigations(config: Config): Investigations | NoInvestigations | undefined;
}
