import type { Sha } from "./values/scalars.ts";

/** A repository on its forge, `owner/name`, as the forge spells it. */
export type RepoKey = string;

/**
 * Says that something may have changed in a repository, but not what: a pass reads the present state (it is level-triggered), so
 * a lost, repeated or reordered trigger changes nothing.
 */
export type Trigger =
  /** The default branch moved. */
  | { readonly kind: "push"; readonly repo: RepoKey; readonly installation: number | undefined }
  /** A pull request of the bot was merged. */
  | { readonly kind: "merge"; readonly repo: RepoKey; readonly installation: number | undefined; readonly pull: number }
  /** A pull request of the bot was closed, opened again, or its branch moved. */
  | { readonly kind: "pull"; readonly repo: RepoKey; readonly installation: number | undefined; readonly pull: number }
  /** The checks of a branch of the bot are done. */
  | { readonly kind: "checks"; readonly repo: RepoKey; readonly installation: number | undefined }
  /** What others want to merge changed: a pull request, or the merge queue. `rerun`: a head whose check was asked for again. */
  | {
      readonly kind: "review";
      readonly repo: RepoKey;
      readonly installation: number | undefined;
      readonly rerun?: Sha;
      /** A person pressed the button that has the generated files committed to the branch with this head. */
      readonly generate?: { readonly head: Sha; readonly by: string };
    }
  /** Somebody may have asked for something, in a comment or in an issue with the label for it. */
  | { readonly kind: "comment"; readonly repo: RepoKey; readonly installation: number | undefined }
  /** Somebody edited one of the bot's issues: the dashboard may have a tick. */
  | { readonly kind: "tick"; readonly repo: RepoKey; readonly installation: number | undefined }
  /** The bot got access to the repository, or its default branch or name changed. `id`: the forge's own, which no name changes. */
  | {
      readonly kind: "repository";
      readonly repo: RepoKey;
      readonly installation: number | undefined;
      readonly id?: number;
    }
  /** The bot has no access any more: it was taken away, suspended, or the repository was archived; "deleted": there is none any more. */
  | {
      readonly kind: "gone";
      readonly repo: RepoKey;
      readonly installation: number | undefined;
      readonly how: "no-access" | "deleted";
    }
  /** An alert began or ended, or the model answered. */
  | { readonly kind: "alert"; readonly repo: RepoKey; readonly installation: number | undefined }
  /** Flux or Argo CD says that something happened in a cluster. */
  | { readonly kind: "rollout"; readonly repo: RepoKey; readonly installation: number | undefined }
  /** It is time to read everything again. */
  | { readonly kind: "timer"; readonly repo: RepoKey; readonly installation: number | undefined };

/** The result of queueing a trigger: it waits, joins one that waits already, or is refused because the queue is full. */
export type Enqueued = "queued" | "joined" | "full";
