import type { Config } from "../domain/kinds/kinds.ts";
import type { CheckSubject } from "../domain/review/check-report.ts";
import type { ClusterReading } from "../domain/rollout/facts.ts";
import type { Instant, Path, Sha } from "../domain/values/scalars.ts";
import type { Base, Forge, ForgeReader } from "../forge/forge.ts";
import type { Investigations, NoInvestigations } from "../model/investigations.ts";
import type { RequestWriter } from "../model/writer/request-writer.ts";
import type { EvidenceReader } from "../observe/evidence-reader.ts";
import type { RegistryReader } from "../observe/registry/registry-answers.ts";
import type { SurveyStore } from "../survey/memo/store.ts";
import type { CommitView } from "../survey/source/commit-view.ts";
import type { PathChange } from "../survey/source/source.ts";
import type { SurveyMemory } from "../survey/survey.ts";

/** The log: fixed messages, with data in fields. It never gets a secret or a prompt. */
export interface Log {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Everything that planning the steps of one repository reads. Nothing in it writes, but for caches. */
export interface PlanningWorld {
  readonly forge: ForgeReader;
  /** Fetches a branch where the repository is remote, and opens it at this commit; undefined where it has no commit. */
  viewCommit(branch: string, sha: Sha): Promise<CommitView | undefined>;
  /** The memo of this repository: a cache of surveys. */
  readonly store: SurveyStore;
  /** What this process remembers of earlier surveys. */
  readonly memory: SurveyMemory;
  /** When evidence was last read for an incident with an open issue, by the key. */
  readonly evidenceReadAt: ReadonlyMap<string, Instant>;
  /** For each pull request that needed no change when it was last planned, by branch: the stamp of its inputs. */
  readonly unchangedPulls: ReadonlyMap<string, string>;
  /** Guardrails and remedies that ship with the program. */
  readonly shippedPolicies: readonly { readonly path: Path; readonly bytes: Uint8Array }[];
  /** The agent chart that ships with the program: what `charts/agent` of a repository may hold. */
  shippedChart(): Promise<readonly { readonly path: Path; readonly bytes: Uint8Array }[]>;
  readonly log: Log;
  now(): Instant;
  /**
   * Reads evidence about the agents that run in an environment, from the addresses that the configuration on the default branch
   * names for it.
   */
  evidenceReader(config: Config, environment: string): EvidenceReader;
  /** Reads registries of images; left out: none is asked, and no newer image is found. */
  readonly registry?: RegistryReader;
  /** Whether it is configured which cluster an environment is. */
  hasCluster(config: Config, environment: string): boolean;
  /** Reads how far what is deployed in an environment has come. */
  readCluster(config: Config, environment: string): Promise<ClusterReading>;
  /** The model that is asked where no rule applies; undefined where none is configured, or the process has no key for it. */
  investigations(config: Config): Investigations | NoInvestigations | undefined;
  /** The model that turns words into specs; undefined, or left out: as `investigations`. */
  requestWriter?(config: Config): RequestWriter | NoInvestigations | undefined;
}

/** Everything that reconciling one repository needs: planning, and acting on what was planned. */
export interface World extends PlanningWorld {
  readonly forge: Forge;
  readonly evidenceReadAt: Map<string, Instant>;
  readonly unchangedPulls: Map<string, string>;
  /** What merging others' commits would give; left out: the repository is on disk, where nobody opens pull requests. */
  readonly previews?: Previews;
  /** Until when comments were read for commands (undefined: not yet in this process), and those that were answered. */
  readonly commentsRead: { until: Instant | undefined; readonly answered: Set<number> };
  /** What the checks of pull requests were last made from, by the ref of their head: they are made again where that differs. */
  readonly checkedHeads: Map<string, string>;
  /**
   * Rebuilds the cache that an error shows to be damaged: the memo, or the copy of a remote repository. Returns whether there
   * was one to rebuild, so that the pass may start over. Left out: there is none.
   */
  repair?(error: unknown): Promise<boolean>;
}

/** Commits that exist only here: others' heads, merged into the default branch. */
export interface Previews {
  /** The memo of the commit that was looked at last. It is not the default branch's, which previews must not disturb. */
  readonly store: SurveyStore;
  readonly memory: SurveyMemory;
  /** Fetches a head, and merges it into the base without changing a branch. Throws GitError. */
  merge(base: Base, subject: CheckSubject): Promise<MergePreview>;
}

/** The result of a merge, and the head alone. `changes`: what the merge changes on the base. "gone": the head is not there any more. */
export type MergePreview =
  | {
      readonly kind: "merged";
      readonly commit: CommitView;
      readonly head: CommitView;
      readonly changes: readonly PathChange[];
    }
  | { readonly kind: "conflict" }
  | { readonly kind: "gone" };
