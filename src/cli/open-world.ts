import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Forge } from "../forge/forge.ts";
import type { Pacer } from "../forge/github-pace.ts";
import { createLocalForge, type LocalForge } from "../forge/local.ts";
import { parseAddress } from "../git/address.ts";
import { finishKilledRuns } from "../git/finish-checkout.ts";
import { GitError } from "../git/git-error.ts";
import { openRepository, type Repository } from "../git/repository.ts";
import type { PolicyFile } from "../load-policies.ts";
import { MemoError, STORE_FORMAT, SurveyStore } from "../survey/store.ts";
import { surveyMemory } from "../survey/survey.ts";
import { gitView } from "../survey/view.ts";
import type { Log, World } from "../world.ts";
import { githubHostOf } from "./github-hosts.ts";
import { type Outside, outsideOf } from "./outside.ts";
import { shipped } from "./package-root.ts";
import { createRemoteForge, githubUrl } from "./remote-forge.ts";
import { OutsideError, type Shell, UsageError } from "./shell.ts";

/** A world and what ends it. */
export interface Opened<T> {
  readonly world: World;
  readonly forge: T;
  close(): Promise<void>;
}

/** What a caller brings along; left out: a log of warnings alone, and no model that is asked. */
export interface How {
  readonly log?: Log;
  readonly pacer?: Pacer;
  readonly outside?: Outside;
}

/**
 * Opens a folder, a bare repository or an https URL, with its forge and its memo. Throws UsageError for any other address,
 * GitError, ForgeError, OutsideError.
 */
export async function openWorld(shell: Shell, where: string, how: How = {}): Promise<Opened<Forge>> {
  if (!/^https?:\/\//i.test(where)) return openLocal(shell, where, how);
  const remote = createRemoteForge(shell, where, how.log ?? quiet(shell), how.pacer);
  const cache = cacheFolder(shell);
  const repository = await openRepository(where, { env: shell.env, cache, credential: () => remote.gitCredential() });
  return opened(shell, repository, remote, how);
}

/** Opens a repository on disk with the forge that lies inside it. */
export async function openLocal(shell: Shell, where: string, how: How = {}): Promise<Opened<LocalForge>> {
  const cache = cacheFolder(shell);
  const repository = await openRepository(resolve(shell.cwd, folderOf(where)), { env: shell.env, cache });
  const forge = createLocalForge(repository, { clock: shell.now });
  const log = how.log ?? quiet(shell);
  // What a run left that was killed stops people too: it is not left until the next merge.
  const tidy = () =>
    finishKilledRuns(repository.place).catch((error: unknown) =>
      log.warn(
        { error: error instanceof Error ? error.message : String(error) },
        "what a killed run left stays for now",
      ),
    );
  await tidy();
  return opened(shell, repository, forge, { ...how, log }, () => forge.dispose(), tidy);
}

/** Says at the start what is wrong with the name of a repository. Throws UsageError; reads nothing. */
export function assertRepository(shell: Shell, where: string): void {
  if (/^https?:\/\//i.test(where)) githubHostOf(shell.env, githubUrl(where));
  else folderOf(where);
}

/** The path of a repository on disk. Throws UsageError for an address of another kind: nothing is guessed from it. */
function folderOf(where: string): string {
  try {
    const address = parseAddress(where);
    if (address.kind === "folder") return address.path;
  } catch (error) {
    throw error instanceof GitError ? new UsageError(`--repo: ${error.message}`) : error;
  }
  throw new UsageError("this command works in a repository on disk; name its folder");
}

async function opened<T extends Forge>(
  shell: Shell,
  repository: Repository,
  forge: T,
  { log = quiet(shell), outside = outsideOf(shell, { wait: true, silent: true }) }: How,
  dispose: () => Promise<void> = async () => {},
  tidy?: () => Promise<void>,
): Promise<Opened<T>> {
  const store = openStore(shell, repository.name, log);
  const objects = repository.objects();
  const world: World = {
    forge,
    store,
    memory: surveyMemory(),
    lookedAt: new Map(),
    settled: new Map(),
    shippedPolicies: await shippedPolicies(),
    log,
    now: shell.now,
    observe: outside.observe,
    investigations: outside.investigations,
    async repair(error) {
      if (error instanceof MemoError) {
        store.renew(error);
        return true;
      }
      const isDamage = error instanceof GitError && (error.code === "failed" || error.code === "corrupt");
      return isDamage && (await repository.renew());
    },
    async look(branch, sha) {
      await tidy?.();
      await repository.fetch(sha);
      // The commit is here, but the refs of the copy were lost.
      if (tidy === undefined && (await repository.readRef(`refs/heads/${branch}`)) === undefined)
        await repository.fetch();
      const present = (await repository.readRef(`refs/heads/${branch}`)) === undefined ? undefined : sha;
      return present === undefined ? undefined : gitView(repository.place, objects, present);
    },
  };
  return {
    world,
    forge,
    async close() {
      store.close();
      await objects.close();
      await dispose();
      await repository.close();
    },
  };
}

/** `$RAOS_CACHE`, or `raos` in the user's cache folder: what can be fetched and computed again. */
export function cacheFolder(shell: Shell): string {
  const { RAOS_CACHE, XDG_CACHE_HOME, HOME } = shell.env;
  return resolve(shell.cwd, RAOS_CACHE ?? join(XDG_CACHE_HOME ?? join(HOME ?? ".", ".cache"), "raos"));
}

/** The memo of a repository. Where it cannot be kept on disk, the log says why. */
function openStore(shell: Shell, name: string, log: Log): SurveyStore {
  const id = createHash("sha256").update(`${STORE_FORMAT}\n${name}`).digest("hex").slice(0, 32);
  return new SurveyStore(join(cacheFolder(shell), "memo", `${id}.sqlite`), (fields, message) =>
    log.warn(fields, message),
  );
}

/** The guardrails that ship with this program. Throws OutsideError where the installation lacks them. */
export async function shippedPolicies(): Promise<readonly PolicyFile[]> {
  const folder = shipped("policies");
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".yaml")).sort();
    return await Promise.all(
      names.map(async (name) => ({ path: `policies/${name}`, bytes: await readFile(join(folder, name)) })),
    );
  } catch (error) {
    throw new OutsideError(
      `the policies that ship with raos cannot be read from ${folder}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** A command prints its own report; of the log, only warnings. */
function quiet(shell: Shell): Log {
  const warn = (fields: Readonly<Record<string, unknown>>, message: string) =>
    shell.err(`raos: ${message} ${JSON.stringify(fields)}\n`);
  return { debug: () => {}, info: () => {}, warn, error: warn };
}
