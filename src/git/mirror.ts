import { createHash, randomUUID } from "node:crypto";
import { access, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DeadlineError, passSignal, withinDeadline } from "../deadline/deadline.ts";
import type { Sha } from "../domain/scalars.ts";
import { GitError } from "./git-error.ts";
import { type GitPlace, gitEnvironment, type Outside } from "./git-place.ts";
import { note } from "./journal.ts";
import { mirrorCheck } from "./mirror-check.ts";
import { adviceOn, faultOf, inBrief, withoutSecrets } from "./mirror-faults.ts";
import { clearMirror } from "./mirror-locks.ts";
import { runBareGit, runGit } from "./run-git.ts";
import { lockIn } from "./stale-locks.ts";

export interface MirrorOptions {
  readonly outside: Outside;
  /** Folder that holds what can be fetched again. */
  readonly cache: string;
  /** Asked for at each fetch; a token, sent as GitHub takes it (user `x-access-token`). */
  readonly credential: (() => Promise<string | undefined>) | undefined;
  /** PEM file of certificate authorities, instead of the system's. */
  readonly certificates: string | undefined;
}

/** A bare copy of a remote repository in the cache folder. */
export interface Mirror {
  readonly place: GitPlace;
  /** Brings every branch and `refs/raos/` here; `follow`: HEAD then names the remote's default branch. */
  fetch(options: FetchOptions): Promise<void>;
  /** Looks at what changed since the last look, first at all of it: a damaged copy is thrown away, and "renewed". */
  check(commit: Sha): Promise<"whole" | "renewed">;
  /** How often it was made anew. */
  generation(): number;
  /** Throws the copy away and makes an empty one in its place; the next fetch brings everything again. */
  renew(): Promise<void>;
}

export interface FetchOptions {
  readonly prune: boolean;
  readonly follow: boolean;
}

const REFSPECS = ["+refs/heads/*:refs/heads/*", "+refs/raos/*:refs/raos/*"];

/** Milliseconds in which a remote says what its default branch is, and in which it sends what is new. */
const ANSWER = 60_000;
const FETCH = 3_600_000;
/** A copy that seems damaged is not made anew more often than this: it costs a whole clone. Milliseconds. */
const RENEWED = 600_000;

/**
 * Opens the mirror of an address, making it where there is none; nothing is fetched yet. A copy that turns out to be
 * damaged is thrown away and fetched anew, once. Throws GitError.
 */
export async function openMirror(url: URL, options: MirrorOptions): Promise<Mirror> {
  const protocols = url.protocol.slice(0, -1);
  // What is fetched stays in packs, which end with a sum of all that they hold.
  const packs = { "fetch.unpackLimit": "1", "transfer.unpackLimit": "1" };
  const settings = options.certificates === undefined ? packs : { ...packs, "http.sslCAInfo": options.certificates };
  const env = gitEnvironment(options.outside, protocols, settings);
  const name = createHash("sha256").update(url.href).digest("hex").slice(0, 32);
  const gitDir = join(options.cache, "mirrors", name);
  const place = { gitDir, workTree: undefined, bare: true, env };
  await ensure(gitDir, env);
  clearMirror(place);
  const look = mirrorCheck(place);
  let renewedAt = Number.NEGATIVE_INFINITY;
  let generation = 0;
  let running = Promise.resolve();
  const renew = async () => {
    renewedAt = Date.now();
    generation += 1;
    await setAside(gitDir);
    await ensure(gitDir, env);
  };
  const fetch = async (how: FetchOptions) => {
    const setting = { place, url, settings, options };
    try {
      await ensure(gitDir, env);
      await fetchPastLocks(setting, how);
    } catch (error) {
      if (!(error instanceof GitError) || error.code !== "corrupt" || Date.now() - renewedAt < RENEWED) throw error;
      await renew();
      await fetchInto(setting, { ...how, follow: true });
    }
  };
  const check = async (commit: Sha) => {
    if (Date.now() - renewedAt < RENEWED) return "whole";
    try {
      await look(commit);
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
    generation: () => generation,
    // One after the other: two fetches into one repository would trip over each other's locks.
    fetch(how) {
      running = running.catch(() => {}).then(() => fetch(how));
      return running;
    },
  };
}

interface Setting {
  readonly place: GitPlace;
  readonly url: URL;
  readonly settings: Readonly<Record<string, string>>;
  readonly options: MirrorOptions;
}

/** Locks of a killed run are taken out of the way; another process's fetch is waited for by Git itself. */
async function fetchPastLocks(setting: Setting, how: FetchOptions): Promise<void> {
  try {
    await fetchInto(setting, how);
  } catch (error) {
    const isLocked = error instanceof GitError && lockIn(error.message) !== undefined;
    if (!isLocked || !clearMirror(setting.place)) throw error;
    await fetchInto(setting, how);
  }
}

async function fetchInto({ place, url, settings, options }: Setting, { prune, follow }: FetchOptions): Promise<void> {
  const secret = await options.credential?.();
  const encoded = secret === undefined ? undefined : Buffer.from(`x-access-token:${secret}`).toString("base64");
  const header = { [`http.${url.origin}/.extraHeader`]: `Authorization: Basic ${encoded}` };
  const authorized = encoded === undefined ? settings : { ...settings, ...header };
  const remote = { ...place, env: gitEnvironment(options.outside, url.protocol.slice(0, -1), authorized) };
  try {
    // Which branch is the default one does not come with a fetch: it is asked for beside it.
    const [head] = await together(
      () => (follow ? headOf(remote, url) : Promise.resolve("")),
      () => fetchRefs(remote, url, prune),
    );
    await pointHead(place, head);
  } catch (error) {
    if (error instanceof DeadlineError) throw error;
    const words = withoutSecrets(wordsOf(error), [secret, encoded]);
    throw new GitError(faultOf(words), `${url.href} cannot be fetched: ${inBrief(words)}${adviceOn(words)}`);
  }
}

/** Both results; where one fails the other is ended, since a remote that hangs would be waited for in vain. */
async function together<A, B>(one: () => Promise<A>, other: () => Promise<B>): Promise<readonly [A, B]> {
  const stop = new AbortController();
  const pass = passSignal();
  const signal = pass === undefined ? stop.signal : AbortSignal.any([pass, stop.signal]);
  let first: unknown;
  const orStop = <T>(work: () => Promise<T>): Promise<T> =>
    withinDeadline(signal, work).catch((error: unknown) => {
      first ??= error;
      stop.abort();
      throw error;
    });
  const [left, right] = await Promise.allSettled([orStop(one), orStop(other)]);
  if (left.status === "fulfilled" && right.status === "fulfilled") return [left.value, right.value];
  throw first;
}

async function headOf(place: GitPlace, url: URL): Promise<string> {
  const { stdout } = await runGit(place, ["ls-remote", "--symref", "--", url.href, "HEAD"], { timeout: ANSWER });
  return stdout.toString("utf8");
}

/** A branch that gave way to a folder of branches blocks them until it is pruned; in a copy that loses nothing. */
async function fetchRefs(place: GitPlace, url: URL, prune: boolean): Promise<void> {
  const noted = note(place, { refs: [] });
  const fetch = (...more: readonly string[]) => {
    const args = ["--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--quiet", ...more];
    const run = { timeout: FETCH, started: noted.child };
    return runGit(place, ["fetch", ...args, "--", url.href, ...REFSPECS], run);
  };
  try {
    await fetch(...(prune ? ["--prune"] : [])).catch(async (error: unknown) => {
      const words = wordsOf(error);
      if (prune || lockIn(words) !== undefined || !/cannot lock ref|could not be updated/.test(words)) throw error;
      await fetch("--prune");
    });
  } finally {
    noted.done();
  }
}

/** Points HEAD where the remote's points. An empty remote says nothing; then it stays as it is. */
async function pointHead(place: GitPlace, remote: string): Promise<void> {
  const branch = /^ref: (refs\/heads\/\S+)\tHEAD$/m.exec(remote)?.[1];
  if (branch === undefined) return;
  await runGit(place, ["symbolic-ref", "HEAD", branch]);
}

/**
 * What lies there but is no repository, after a crash or a full disk, is made anew: it can be fetched again. Answers
 * whether it was made now. Throws GitError "unavailable" where the folder cannot be written.
 */
async function ensure(gitDir: string, env: Readonly<Record<string, string>>): Promise<boolean> {
  const found = await conditionOf(gitDir, env);
  if (found === "whole") return false;
  const parent = dirname(gitDir);
  const draft = join(parent, `new-${randomUUID()}`);
  try {
    await mkdir(parent, { recursive: true });
    await runBareGit(env, parent, ["init", "--quiet", "--bare", "--template=", draft]);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true }).catch(() => {});
    throw new GitError(
      "unavailable",
      `the cache folder ${parent} cannot be written: ${wordsOf(cause)}; free some room there, or set RAOS_CACHE to a folder that this user can write`,
      { cause },
    );
  }
  if (found === "broken") await setAside(gitDir);
  try {
    await rename(draft, gitDir);
  } catch (cause) {
    // Another process was faster, which is as good.
    await rm(draft, { recursive: true, force: true });
    const now = await conditionOf(gitDir, env);
    if (now !== "whole") throw new GitError("failed", `no mirror can be made at ${gitDir}`, { cause });
  }
  return true;
}

async function setAside(gitDir: string): Promise<void> {
  const aside = `${gitDir}-broken-${randomUUID()}`;
  await rename(gitDir, aside).catch(() => {});
  await rm(aside, { recursive: true, force: true });
}

async function conditionOf(
  gitDir: string,
  env: Readonly<Record<string, string>>,
): Promise<"absent" | "broken" | "whole"> {
  const there = await access(gitDir).then(
    () => true,
    () => false,
  );
  if (!there) return "absent";
  const args = ["rev-parse", "--is-bare-repository"];
  // A file in its place is no folder to run in.
  const { code } = await runBareGit({ ...env, GIT_DIR: gitDir }, dirname(gitDir), args, { accept: [0, 128] });
  return code === 0 ? "whole" : "broken";
}

/** Git's own words, without what `runGit` puts before them. */
function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.replace(/^git [a-z-]+ failed: /, "").trim();
}
