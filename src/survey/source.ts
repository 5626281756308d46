import type { AgentKey, Fleet, Snapshot } from "../domain/fleet.ts";
import type { Oid, Path, Sha } from "../domain/scalars.ts";
import type { SpecSurvey, Trees } from "../plan/survey-spec.ts";

/** A spec file to read. */
export interface SpecFile {
  readonly path: Path;
  readonly oid: Oid;
}

/** A path that differs between two commits. */
export interface PathChange {
  readonly path: Path;
  /** The blob after the change; undefined where the path is gone or no regular file any more. */
  readonly after: Oid | undefined;
}

/** What is not loaded where the key is one that is known already. */
export interface Keyed<T> {
  readonly key: string;
  load(): Promise<T>;
}

/** Environment → tenant → path of each of the tenant's own files → its blob. */
export type DeployedTenants = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<Path, Oid>>>;

/** Where a survey reads from: a repository at a commit, or a working folder. */
export interface SurveySource {
  readonly sha: Sha;
  /** raos.yaml, tenants/ and templates/; `key` is another where any of them is. */
  shared(): Promise<Keyed<Snapshot>>;
  /** Every regular file below agents/ that may be a spec. */
  specs(): Promise<readonly SpecFile[]>;
  /** What differs from an earlier commit, or undefined where that cannot be told (then everything is read). */
  changedSince(sha: Sha): Promise<readonly PathChange[] | undefined>;
  /** The bytes of one spec file. */
  bytes(file: SpecFile): Promise<Uint8Array>;
  /** `deploy/<environment>/<tenant>/<name>` → id of that tree: of these agents, or of all. */
  deployed(keys: readonly AgentKey[] | "all", environments: readonly string[]): Promise<ReadonlyMap<Path, Oid>>;
  /** The environments that deploy/ holds, and each one's tenants with their own files. */
  deployedTenants(): Promise<Keyed<DeployedTenants>>;
  /** Starts what reads and compiles about so many spec files for these shared inputs. */
  reader(fleet: Fleet, expected: number): Promise<SpecReader>;
}

/** Reads and compiles spec files, perhaps on other cores. Several calls may be under way at once. */
export interface SpecReader {
  /** Surveys files, in their order. */
  read(files: readonly SpecFile[]): Promise<readonly SpecSurvey[]>;
  /**
   * What each file's generated folders should be; a file with Problems is left out. `callers` gives each agent's callers.
   * Cheapest for files that this reader read before.
   */
  compile(
    files: readonly SpecFile[],
    callers: ReadonlyMap<AgentKey, readonly AgentKey[]>,
  ): Promise<ReadonlyMap<Path, Trees>>;
  /** How many calls keep every core busy. */
  readonly lanes: number;
  close(): Promise<void>;
}
