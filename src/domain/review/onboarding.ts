import type { AgentKey } from "../fleet.ts";
import type { Path } from "../values/scalars.ts";

/** What deploys a repository, as far as its files show. `files`: some in which that is seen. */
export type FoundDelivery =
  | { readonly kind: "flux"; readonly files: readonly Path[] }
  | { readonly kind: "argocd"; readonly files: readonly Path[]; readonly repoURL: string }
  | { readonly kind: "unknown" }
  /** The organisation's raos.yaml says it, whatever the files show. */
  | { readonly kind: "inherited"; readonly delivery: "flux" | "argocd"; readonly file: Path };

/** The environments of a repository, as far as its files show, in the order in which a change reaches them. */
export interface FoundEnvironments {
  readonly names: readonly string[];
  /** Some files and folders that name them, or the organisation's raos.yaml; none where nothing does and the names are a suggestion. */
  readonly places: readonly Path[];
}

/** What was found in a repository in which RAOS is wanted, and that has no raos.yaml. */
export interface FoundSetup {
  /** Paths of the spec files, sorted. */
  readonly specs: readonly Path[];
  /** The agents of those whose path names one. */
  readonly agents: readonly AgentKey[];
  readonly delivery: FoundDelivery;
  readonly environments: FoundEnvironments;
}
