import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import type { Path } from "../../domain/values/scalars.ts";
import type { Forge, OwnersConfig } from "../../forge/forge.ts";
import type { Pacer } from "../../forge/github/client/pace.ts";
import { createLocalForge, type LocalForge } from "../../forge/local/forge.ts";
import { parseAddress } from "../../git/address.ts";
import { checkedOut } from "../../git/default-branch.ts";
import { GitError } from "../../git/git-error.ts";
import { repairAfterKilledRuns } from "../../git/locks/repair-checkout.ts";
import { openRepository, type Repository } from "../../git/repository.ts";
import type { Log, World } from "../../pass/world.ts";
import { STORE_FORMAT, SurveyStore } from "../../survey/memo/store.ts";
import { type Shell, UsageError } from "../shell.ts";
import { cacheFolder } from "./cache-folder.ts";
import { assertRemote, openRemote, type ServerKind } from "./forges/remote-forge.ts";
import { createRemoteServices, type RemoteServices } from "./remote-services.ts";
import { createRepositoryWorld } from "./repository-world.ts";

/** A world, its forge, and a function that closes them. */
export interface Opened<T> {
  readonly world: World;
  readonly forge: T;
  /**
   * Another world of the same repository, with a memo of its own, for calls while a pass is at work: always the same one for a line of
   * work. "drafts" is what a model takes minutes for. Throws OutsideError.
   */
  beside(line: "calls" | "drafts"): Promise<World>;
  close(): Promise<void>;
}

/** What a caller provides. Left out: a log of warnings only, and services made from the environment. */
export interface OpenOptions {
  readonly log?: Log;
  readonly pacer?: Pacer;
  /** Looks at every answer of GitHub. */
  readonly watch?: (send: typeof fetch) => typeof fetch;
  /** Asks for the organisation's configuration, by the function that it gets; left out: each time. */
  readonly shareOrganisation?: (read: () => Promise<OwnersConfig | undefined>) => Promise<OwnersConfig | undefined>;
  readonly services?: RemoteServices;
  /** What the server of an https address is; left out: see `openRemote`. */
  readonly server?: ServerKind | undefined;
  /** The folder of the repository in which RAOS's files lie; left out, or "": its top. */
  readonly folder?: Path;
}

/**
 * Opens a folder, a bare repository or an https URL, with its forge and its memo. Throws UsageError for any other address,
 * GitError, ForgeError, OutsideError.
 */
export async function openWorld(shell: Shell, where: string, how: OpenOptions = {}): Promise<Opened<Forge>> {
  if (!/^https?:\/\//i.test(where)) return openLocal(shell, where, how);
  const { log = quiet(shell), pacer, watch, server: kind } = how;
  const { repository, forge, dispose } = await openRemote(shell, where, { log, pacer, watch, kind });
  return opened(shell, repository, forge, how, dispose);
}

/** Opens a repository on disk, and the forge inside it. Throws UsageError, GitError or OutsideError. */
export async function openLocal(shell: Shell, where: string, how: OpenOptions = {}): Promise<Opened<LocalForge>> {
  const cache = cacheFolder(shell);
  const repository = await openRepository(resolve(shell.cwd, folderOf(where)), { env: shell.env, cache });
  const forge = createLocalForge(repository, { clock: shell.now });
  const log = how.log ?? quiet(shell);
  // Locks of a killed run block people too, so they are removed now and not only at the next merge.
  const tidy = () =>
    repairAfterKilledRuns(repository.place).catch((error: unknown) =>
      log.warn(
        { error: error instanceof Error ? error.message : String(error) },
        "cannot repair what a killed run left; the next pass tries again",
      ),
    );
  await tidy();
  await sayDefaultBranch(shell, repository);
  return opened(shell, repository, forge, { ...how, log }, () => forge.dispose(), tidy);
}

/** Says which branch counts where a person works on another one. What is wrong with the branches, the first pass says. */
async function sayDefaultBranch(shell: Shell, repository: Repository): Promise<void> {
  const [head, current] = await Promise.all([
    repository.head().catch(() => undefined),
    checkedOut(repository.place).catch(() => undefined),
  ]);
  if (head !== undefined && head.branch !== current && !repository.place.bare)
    shell.err(`raos: the default branch is ${head.branch}; checked out is ${current ?? "a commit"}\n`);
}

/** Says at the start what is wrong with the name of a repository. Throws UsageError; reads nothing. */
export function assertRepository(shell: Shell, where: string, server?: ServerKind): void {
  if (/^https?:\/\//i.test(where)) assertRemote(shell, where, server);
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
  how: OpenOptions,
  dispose: () => Promise<void> = async () => {},
  tidy?: () => Promise<void>,
): Promise<Opened<T>> {
  const { log = quiet(shell), folder = "", services = createRemoteServices(shell, { wait: true }) } = how;
  const name = folder === "" ? repository.name : `${repository.name}\n${folder}`;
  const objects = repository.objects();
  const parts = { repository, objects, forge: { ...forge, ...sharedOrganisation(forge, how) }, folder, services, log };
  const store = openStore(shell, name, log);
  // On disk nobody opens pull requests but RAOS.
  const previewStore = forge.ownChecks === undefined ? undefined : () => openStore(shell, `${name}\npreviews`, log);
  const { world, close } = await createRepositoryWorld(shell, { ...parts, store, previewStore, tidy });
  const others: SurveyStore[] = [];
  const openBeside = async (line: "calls" | "drafts") => {
    const own = openStore(shell, `${name}\n${line === "calls" ? "beside" : line}`, log);
    others.push(own);
    // The locks of a pass that is at work are not those of a killed run.
    const isRemote = tidy === undefined;
    return createRepositoryWorld(shell, { ...parts, store: own, tidy: isRemote ? undefined : async () => {} });
  };
  const besides = new Map<string, ReturnType<typeof openBeside>>();
  return {
    world,
    forge,
    async beside(line) {
      const known = besides.get(line) ?? openBeside(line);
      besides.set(line, known);
      return (await known).world;
    },
    async close() {
      for (const one of besides.values()) await one.catch(() => undefined);
      for (const one of [store, ...others]) one.close();
      close();
      await objects.close();
      await dispose();
      await repository.close();
    },
  };
}

/** The part of a forge that reads the organisation's configuration, as the caller shares its answers. */
function sharedOrganisation(forge: Forge, { shareOrganisation }: OpenOptions): Pick<Forge, "organisationConfig"> {
  const read = forge.organisationConfig;
  if (read === undefined || shareOrganisation === undefined)
    return read === undefined ? {} : { organisationConfig: read };
  return { organisationConfig: () => shareOrganisation(read) };
}

/** The memo of a repository. Where it cannot be kept on disk, the log says why. */
function openStore(shell: Shell, name: string, log: Log): SurveyStore {
  const id = createHash("sha256").update(`${STORE_FORMAT}\n${name}`).digest("hex").slice(0, 32);
  return new SurveyStore(join(cacheFolder(shell), "memo", `${id}.sqlite`), (fields, message) =>
    log.warn(fields, message),
  );
}

/** A command prints its own report; of the log, only warnings. */
function quiet(shell: Shell): Log {
  const warn = (fields: Readonly<Record<string, unknown>>, message: string) =>
    shell.err(`raos: ${message} ${JSON.stringify(fields)}\n`);
  return { debug: () => {}, info: () => {}, warn, error: warn };
}
