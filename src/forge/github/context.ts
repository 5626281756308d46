import type { Warn } from "../../domain/warn.ts";
import type { GitHubClient } from "./client/client.ts";

/** A repository as GitHub names it: `owner/name`. */
export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

/** What every write to one repository needs. */
export interface GitHubContext extends RepositoryName {
  readonly client: GitHubClient;
  /** Node id of the repository. */
  readonly repositoryId: string;
  readonly nodeIds: NodeIds;
  readonly warn: Warn;
  /** Branches that did not exist when their pull requests were last read. Each entry is used once, then removed. */
  readonly absentBranches: Set<string>;
}

/**
 * Node ids by name. Each is looked up once, even if several writers need it at the same time. Null: GitHub knows no such label
 * or account, or does not show it.
 */
export type NodeIds = Map<string, Promise<string | null>>;
