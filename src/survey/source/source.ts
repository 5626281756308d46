import type { AgentKey, Fleet, Snapshot } from "../../domain/fleet.ts";
import type { Oid, Path, Sha } from "../../domain/values/scalars.ts";
import type { SpecSurvey, Trees } from "../../plan/survey-spec.ts";

/** A spec file to read. */
export interface SpecFile {
  readonly path: Path;
  readonly oid: Oid;
}

/** A path that differs between two commits. */
export interface PathChange {
  readonly path: Path;
  /** The blob after the change; undefined where the path was removed or is not a regular file any more. */
  readonly after: Oid | undefined;
}

/** Data that need not be loaded where data with the same key is known. */
export interface CacheKeyed<T> {
  readonly key: string;
  load(): Promise<T>;
}

/** Environment → tenant → path of each of the tenant's own files → its blob; and of its copy of the chart → its tree. */
export type DeployedTenants = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<Path, Oid>>>;

/** Where a survey reads from: a repository at a commit, or a working folder. */
export interface SurveySource {
  readonly sha: Sha;
  /** The folder of the repository in which all these paths are, "" for its top; undefined where it is not known. */
  readonly below?: Path;
  /** raos.yaml, tenants/, templates/ and models/; `key` changes where any of them changes. */
  shared(): Promise<CacheKeyed<Snapshot>>;
  /** The files below the folder of a chart; `key` changes where any of them changes. */
  chart(folder: Path): Promise<CacheKeyed<Snapshot>>;
  /** Every regular file below agents/ that may be a spec. */
  specs(): Promise<readonly SpecFile[]>;
  /** The changes since an earlier commit; undefined where they cannot be found (then everything is read). */
  changedSince(sha: Sha): Promise<readonly PathChange[] | undefined>;
  /** The bytes of a file; undefined where there is no such regular file. */
  file(path: Path): Promise<Uint8Array | undefined>;
  /** The bytes of one spec file. */
  bytes(file: SpecFile): Promise<Uint8Array>;
  /** `deploy/<environment>/<tenant>/<name>` → id of that tree: of these agents, or of all. */
  deployed(keys: readonly AgentKey[] | "all", environments: readonly string[]): Promise<ReadonlyMap<Path, Oid>>;
  /** The environments that deploy/ holds, and each one's tenants with their own files. */
  deployedTenants(): Promise<CacheKeyed<DeployedTenants>>;
  /** Starts a reader for these shared inputs and about `expected` spec files. */
  reader(fleet: Fleet, expected: number): Promise<SpecReader>;
}

/** Reads and compiles spec files, perhaps on other cores. Several calls may run at the same time. */
export interface SpecReader {
  /** Surveys files, in their order. */
  read(files: readonly SpecFile[]): Promise<readonly SpecSurvey[]>;
  /**
   * The expected tree ids of each file's generated folders; a file with Problems is left out. `callers` holds the callers of
   * each agent. Fastest for files that this reader has read before.
   */
  compile(
    files: readonly SpecFile[],
    callers: ReadonlyMap<AgentKey, readonly AgentKey[]>,
  ): Promise<ReadonlyMap<Path, Trees>>;
  /** How many calls keep every core busy. */
  readonly lanes: number;
  close(): Promise<void>;
}
