import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Sha } from "../../domain/values/scalars.ts";
import { GitError } from "../git-error.ts";
import { type GitPlace, gitEnvironment } from "../git-place.ts";
import type { RefUpdate } from "../write/refs.ts";
import { type FetchOptions, fetchInto, fetchPastLocks } from "./fetch-mirror.ts";
import { mirrorCheck } from "./mirror-check.ts";
import { ensureMirror, setAside } from "./mirror-folder.ts";
import { clearMirror } from "./mirror-locks.ts";
import { listRemoteRefs, type Pushed, pushInto } from "./push-mirror.ts";
import type { MirrorOptions } from "./remote-place.ts";

/** A bare copy of a remote repository in the cache folder. */
export interface Mirror {
  readonly place: GitPlace;
  /** Fetches every branch and `refs/raos/`. `followHead`: HEAD then names the remote's default branch. */
  fetch(options: FetchOptions): Promise<void>;
  /** Changes refs of the remote, as `pushInto` does. */
  push(updates: readonly RefUpdate[]): Promise<readonly Pushed[]>;
  /** The refs of the remote below a prefix, as they are now. */
  remoteRefs(prefix: string): Promise<ReadonlyMap<string, Sha>>;
  /** Checks the files that changed since the last check; the first time all of them. "renewed": a damaged copy was replaced. */
  check(commit: Sha): Promise<"whole" | "renewed">;
  /** How often it was replaced by an empty one. */
  generation(): number;
  /** Replaces the copy by an empty one; the next fetch brings everything again. */
  renew(): Promise<void>;
}

/** Shortest time between two replacements of a copy that seems damaged: each costs a whole clone. Milliseconds. */
const RENEWED = 600_000;

/**
 * Opens the mirror of an address, creating it where there is none; nothing is fetched yet. A copy that proves to be damaged
 * is replaced and fetched again, once. Throws GitError.
 */
export async function openMirror(url: URL, options: MirrorOptions): Promise<Mirror> {
  const protocols = url.protocol.slice(0, -1);
  // Everything that is fetched stays in packs, which end with a checksum.
  const packs = { "fetch.unpackLimit": "1", "transfer.unpackLimit": "1" };
  const settings = options.certificates === undefined ? packs : { ...packs, "http.sslCAInfo": options.certificates };
  const env = gitEnvironment(options.outside, protocols, settings);
  const name = createHash("sha256").update(url.href).digest("hex").slice(0, 32);
  const gitDir = join(options.cache, "mirrors", name);
  const place = { gitDir, workTree: undefined, bare: true, env };
  await ensureMirror(gitDir, env);
  clearMirror(place);
  const checkFiles = mirrorCheck(place);
  let renewedAt = Number.NEGATIVE_INFINITY;
  let generation = 0;
  let running = Promise.resolve();
  const renew = async () => {
    renewedAt = Date.now();
    generation += 1;
    await setAside(gitDir);
    await ensureMirror(gitDir, env);
  };
  const target = { place, url, settings, options };
  const fetch = async (how: FetchOptions) => {
    try {
      await ensureMirror(gitDir, env);
      await fetchPastLocks(target, how);
    } catch (error) {
      if (!(error instanceof GitError) || error.code !== "corrupt" || Date.now() - renewedAt < RENEWED) throw error;
      await renew();
      await fetchInto(target, { ...how, followHead: true });
    }
  };
  const check = async (commit: Sha) => {
    if (Date.now() - renewedAt < RENEWED) return "whole";
    try {
      await checkFiles(commit);
      return "whole";
    } catch (error) {
      if (!(error instanceof GitError) || error.code !== "corrupt") throw error;
      await renew();
      return "renewed";
    }
  };
  return {
    place,
    renew,
    check,
    push: (updates) => pushInto(target, updates),
    remoteRefs: (prefix) => listRemoteRefs(target, prefix),
    generation: () => generation,
    // One after the other: of two fetches into one repository at the same time, one fails because of the other's locks.
    fetch(how) {
      running = running.catch(() => {}).then(() => fetch(how));
      return running;
    },
  };
}
