import type { AgentKey } from "../fleet.ts";
import type { Instant, Path, Sha } from "../values/scalars.ts";

/** A text of the cluster: short, on one line, without secrets. */
export interface Words {
  readonly text: string;
}

/** A condition of an object, as its controller wrote it. */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly words: Words;
  readonly since: Instant | undefined;
}

/** An object that a controller works on. */
interface Controlled {
  /** `namespace/name`. */
  readonly name: string;
  /** Whether the controller has seen the object as it is now: its conditions speak of that. */
  readonly isObserved: boolean;
  readonly isSuspended: boolean;
  readonly conditions: readonly Condition[];
}

/** A GitRepository of Flux. */
export interface SourceFacts extends Controlled {
  /** The commit that it has fetched. */
  readonly fetched: Sha | undefined;
}

/** A Kustomization of Flux. */
export interface KustomizationFacts extends Controlled {
  /** The folder that it applies, from the top of the repository, without "./"; "" for all of it. */
  readonly path: Path;
  /** `namespace/name` of its GitRepository; undefined where its source is of another kind. */
  readonly source: string | undefined;
  /** The commit that it has applied as a whole. */
  readonly applied: Sha | undefined;
}

/** A HelmRelease of Flux. */
export interface ReleaseFacts extends Controlled {
  /** The end of the name of the ConfigMap that holds its values, which is their digest. */
  readonly digest: string | undefined;
  /** When Helm deployed it last. */
  readonly deployedAt: Instant | undefined;
}

/** An Application of Argo CD. */
export interface ApplicationFacts {
  readonly name: string;
  readonly isAutomated: boolean;
  readonly sync: "Synced" | "OutOfSync" | "Unknown";
  /** The commit of the source with the values which the cluster was compared with. */
  readonly compared: Sha | undefined;
  readonly health: { readonly status: string; readonly since: Instant | undefined };
  readonly operation: SyncOperation | undefined;
  /** Argo CD's conditions have no status: that one is there says that it holds. */
  readonly conditions: readonly { readonly type: string; readonly words: Words; readonly since: Instant | undefined }[];
}

/** The last sync of an Application, or the one that runs. */
export interface SyncOperation {
  readonly phase: "Running" | "Succeeded" | "Failed" | "Error" | "Terminating";
  /** The commit of the source with the values. */
  readonly commit: Sha | undefined;
  readonly words: Words;
  readonly startedAt: Instant | undefined;
  readonly finishedAt: Instant | undefined;
}

interface AnyWorkload {
  readonly name: string;
  readonly namespace: string;
  /** The digest that its annotation shows; undefined: its chart does not know it. */
  readonly digest: string | undefined;
  readonly conditions: readonly Condition[];
  /** Why pods of it do not start; undefined where nothing was found, or nobody looked. */
  readonly trouble: Words | undefined;
}

/** What an agent runs as. */
export type WorkloadFacts =
  | (AnyWorkload & {
      readonly kind: "Deployment" | "StatefulSet";
      readonly isObserved: boolean;
      readonly replicas: {
        readonly wanted: number;
        readonly total: number;
        readonly updated: number;
        readonly available: number;
      };
    })
  | (AnyWorkload & { readonly kind: "CronJob" })
  | (AnyWorkload & { readonly kind: "Job"; readonly startedAt: Instant | undefined });

/** A list of objects; `absent`: the cluster does not know their kind. */
export type Listed<T> =
  | { readonly kind: "listed"; readonly items: T }
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly words: string };

/** What was read of a cluster. Releases and Applications are known by their names, workloads by their agents. */
export interface ClusterFacts {
  readonly workloads: Listed<ReadonlyMap<AgentKey, readonly WorkloadFacts[]>>;
  readonly sources: Listed<ReadonlyMap<string, SourceFacts>>;
  readonly kustomizations: Listed<readonly KustomizationFacts[]>;
  readonly releases: Listed<ReadonlyMap<string, ReleaseFacts>>;
  readonly applications: Listed<ReadonlyMap<string, ApplicationFacts>>;
}

/** A cluster, or why nothing is known of it: `closed`: none is configured; `unreadable`: one is, and it does not answer. */
export type ClusterReading =
  | { readonly kind: "read"; readonly facts: ClusterFacts }
  | { readonly kind: "closed"; readonly words: string }
  | { readonly kind: "unreadable"; readonly words: string };
