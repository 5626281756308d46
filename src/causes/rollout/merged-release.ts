import { isDeepStrictEqual } from "node:util";
import { causeOf } from "../../domain/branch-name.ts";
import { parseDeployPath } from "../../domain/deployed/deploy-path.ts";
import { valuesDigest } from "../../domain/deployed/values-digest.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { Sha } from "../../domain/values/scalars.ts";
import type { Pass } from "../../pass/pass.ts";
import { decodeMarker } from "../../pr/marker.ts";
import { isMap } from "../../spec/values.ts";
import { readDocuments } from "../../spec/yaml/read-yaml.ts";
import { findMergedChange, foldersOfPull } from "../regression/merged-change.ts";

/** The values that a merged pull request brought, for one agent in one environment. */
export interface BroughtRelease {
  readonly agent: AgentKey;
  readonly environment: string;
  readonly digest: string;
  /** Whether it changed the number of replicas, or what decides it. */
  readonly changesScaling: boolean;
}

/** What a merged pull request brought to clusters, and by which commit of the default branch. */
export interface MergedRelease {
  readonly commit: Sha;
  readonly releases: readonly BroughtRelease[];
}

/** What was found for pull requests of a repository, by their numbers: a merge does not change any more. */
const FOUND = new WeakMap<Pass["world"]["memory"], Map<number, MergedRelease>>();

/**
 * What a merged pull request of RAOS brought; undefined where its marker is not believed, its merge is not found in the history, or it
 * brought no values. Throws GitError or ForgeError.
 */
export async function findMergedRelease(pass: Pass, pull: PullRequest): Promise<MergedRelease | undefined> {
  const known = FOUND.get(pass.world.memory) ?? new Map<number, MergedRelease>();
  FOUND.set(pass.world.memory, known);
  const found = known.get(pull.number) ?? (await find(pass, pull));
  if (found !== undefined) known.set(pull.number, found);
  return found;
}

async function find(pass: Pass, pull: PullRequest): Promise<MergedRelease | undefined> {
  const cause = causeOf(pull.branch);
  const marker = pull.textByBot ? decodeMarker(pull.body) : undefined;
  if (cause === undefined || marker === undefined || !isDeepStrictEqual(marker.cause, cause)) return undefined;
  const merged = await findMergedChange(pass, marker, foldersOfPull(pass, marker));
  if (merged === undefined) return undefined;
  const releases = await Promise.all(
    merged.paths.map(async (path): Promise<BroughtRelease | undefined> => {
      const parsed = parseDeployPath(path);
      if (parsed?.kind !== "agent" || parsed.file !== "values.yaml") return undefined;
      const [before, bytes] = await Promise.all([merged.before.source.file(path), merged.after.source.file(path)]);
      if (bytes === undefined) return undefined;
      const { agent, environment } = parsed;
      const digest = valuesDigest(Buffer.from(bytes).toString("utf8"));
      const changesScaling = !isDeepStrictEqual(scalingIn(before), scalingIn(bytes));
      return { agent, environment, digest, changesScaling };
    }),
  );
  const brought = releases.filter((release) => release !== undefined);
  return brought.length === 0 ? undefined : { commit: merged.after.sha, releases: brought };
}

function scalingIn(values: Uint8Array | undefined): unknown {
  const value = values === undefined ? undefined : readDocuments("", values).documents[0]?.value;
  return isMap(value) ? value.scaling : undefined;
}
