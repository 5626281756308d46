import { createHash, randomUUID } from "node:crypto";
import { access, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import { simpleGit } from "simple-git";
import type { GitErrorCode } from "./git-error.ts";
import { GitError } from "./git-error.ts";
import { type GitPlace, gitEnvironment, type Outside, placeEnvironment } from "./git-place.ts";
import { runBareGit, runGit } from "./run-git.ts";

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
}

export interface FetchOptions {
  readonly prune: boolean;
  readonly follow: boolean;
}

const REFSPECS = ["+refs/heads/*:refs/heads/*", "+refs/raos/*:refs/raos/*"];

/** Opens the mirror of an address, making it where there is none; nothing is fetched yet. Throws GitError. */
export async function openMirror(url: URL, options: MirrorOptions): Promise<Mirror> {
  const protocols = url.protocol.slice(0, -1);
  const settings = options.certificates === undefined ? {} : { "http.sslCAInfo": options.certificates };
  const env = gitEnvironment(options.outside, protocols, settings);
  const name = createHash("sha256").update(url.href).digest("hex").slice(0, 32);
  const gitDir = join(options.cache, "mirrors", name);
  await ensure(gitDir, env);
  const place = { gitDir, workTree: undefined, bare: true, env };
  let running = Promise.resolve();
  return {
    place,
    // One after the other: two fetches into one repository would trip over each other's locks.
    fetch(how) {
      running = running.catch(() => {}).then(() => fetchInto({ place, url, settings, options }, how));
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

async function fetchInto({ place, url, settings, options }: Setting, { prune, follow }: FetchOptions): Promise<void> {
  const secret = await options.credential?.();
  const encoded = secret === undefined ? undefined : Buffer.from(`x-access-token:${secret}`).toString("base64");
  const header = { [`http.${url.origin}/.extraHeader`]: `Authorization: Basic ${encoded}` };
  const authorized = encoded === undefined ? settings : { ...settings, ...header };
  const env = gitEnvironment(options.outside, url.protocol.slice(0, -1), authorized);
  const git = porcelain({ ...place, env });
  try {
    // Which branch is the default one does not come with a fetch: it is asked for beside it.
    const [remote] = await Promise.all([
      follow ? git().listRemote(["--symref", "--", url.href, "HEAD"]) : "",
      fetchRefs(git, url, prune),
    ]);
    await pointHead(place, remote);
  } catch (error) {
    throw withoutSecret(error, url, [secret, encoded]);
  }
}

/** A branch that gave way to a folder of branches blocks them until it is pruned; in a copy that loses nothing. */
async function fetchRefs(git: () => ReturnType<typeof simpleGit>, url: URL, prune: boolean): Promise<void> {
  const args = ["--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--quiet"];
  const target = ["--", url.href, ...REFSPECS];
  try {
    await git().fetch([...args, ...(prune ? ["--prune"] : []), ...target]);
  } catch (error) {
    if (prune || !/cannot lock ref|could not be updated/.test(wordsOf(error))) throw error;
    await git().fetch([...args, "--prune", ...target]);
  }
}

/** Points HEAD where the remote's points. An empty remote says nothing; then it stays as it is. */
async function pointHead(place: GitPlace, remote: string): Promise<void> {
  const branch = /^ref: (refs\/heads\/\S+)\tHEAD$/m.exec(remote)?.[1];
  if (branch === undefined) return;
  await runGit(place, ["symbolic-ref", "HEAD", branch]);
}

/** What lies there but is no repository, after a crash or a full disk, is made anew: it can be fetched again. */
async function ensure(gitDir: string, env: Readonly<Record<string, string>>): Promise<void> {
  const found = await conditionOf(gitDir, env);
  if (found === "whole") return;
  const parent = dirname(gitDir);
  await mkdir(parent, { recursive: true });
  const draft = join(parent, `new-${randomUUID()}`);
  await runBareGit(env, parent, ["init", "--quiet", "--bare", "--template=", draft]);
  if (found === "broken") await setAside(gitDir);
  try {
    await rename(draft, gitDir);
  } catch (cause) {
    // Another process was faster, which is as good.
    await rm(draft, { recursive: true, force: true });
    const now = await conditionOf(gitDir, env);
    if (now !== "whole") throw new GitError("failed", `no mirror can be made at ${gitDir}`, { cause });
  }
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
  const { code } = await runBareGit({ ...env, GIT_DIR: gitDir }, gitDir, args, { accept: [0, 128] });
  return code === 0 ? "whole" : "broken";
}

/**
 * simple-git refuses an environment that could come from outside; this one does not. It also logs the environment where
 * `DEBUG` asks for that, so that the credential in it hides from `util.inspect`.
 */
function porcelain(place: GitPlace): () => ReturnType<typeof simpleGit> {
  const env = { ...placeEnvironment(place) };
  Object.defineProperty(env, inspect.custom, { value: () => "[environment]", enumerable: true });
  const unsafe = {
    allowUnsafeConfigPaths: true,
    allowUnsafeConfigEnvCount: true,
    allowUnsafeHooksPath: true,
    allowUnsafeFsMonitor: true,
    allowUnsafeCredentialHelper: true,
    allowUnsafeProtocolOverride: true,
  };
  return () => simpleGit({ baseDir: place.gitDir, unsafe, allowEnvironment: Object.keys(env) }).env(env);
}

function withoutSecret(error: unknown, url: URL, secrets: readonly (string | undefined)[]): GitError {
  if (error instanceof GitError) return error;
  let words = wordsOf(error)
    .trim()
    .replace(/^(fatal|error): /, "");
  for (const secret of secrets)
    if (secret !== undefined && secret !== "") words = words.replaceAll(secret, "[credential]");
  return new GitError(codeOf(words), `${url.href} cannot be fetched: ${words}`);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function codeOf(words: string): GitErrorCode {
  if (/Authentication failed|could not read Username|could not read Password|error: 40[13]/.test(words))
    return "unauthorized";
  if (/not found|error: 404/i.test(words)) return "not-found";
  return "unavailable";
}
