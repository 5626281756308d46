import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import * as z from "zod";
import { signalWithin } from "../../deadline/deadline.ts";
import { ForgeError } from "../forge.ts";
import { sameOriginFetch } from "../same-origin-fetch.ts";
import { toForgeError } from "./client/error.ts";
import { listRestPages } from "./client/pages.ts";

/** A repository where a GitHub App is installed. */
export interface InstalledRepository {
  /** `owner/name`. */
  readonly repo: string;
  readonly installation: number;
  /** Stays the same when it is renamed or transferred, and is never given to another one. */
  readonly id: number;
}

export interface InstallationsOptions {
  readonly appId: number;
  readonly privateKey: string;
  readonly baseUrl: string;
  /** Milliseconds one request may take; left out, 10,000. */
  readonly timeout?: number;
  readonly now?: () => number;
  /** Sends each request; left out, the global one. */
  readonly fetch?: typeof fetch;
  /** Called for each installation, and each page of a list, that cannot be read. */
  readonly failed?: (installation: number | undefined, error: ForgeError) => void;
}

/** Lists the repositories of a GitHub App, each time it is called. */
export interface Installations {
  /**
   * Every repository, not archived, of every installation that is not suspended, as they are found. An installation, or a
   * page, that cannot be read does not delay the others: it is tried again later, each time after a longer wait. Until then
   * its last known repositories count, unless GitHub says that it is gone. Throws ForgeError where nothing is known.
   */
  repositories(): AsyncGenerator<InstalledRepository>;
  /** Installations whose repositories could not be listed the last time. */
  failing(): number;
}

const App = z.object({ id: z.int().positive(), suspended_at: z.string().nullish() });
const Repository = z.object({
  id: z.int().positive(),
  full_name: z.string().regex(/^[A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_.-]{1,100}$/),
  archived: z.boolean().nullish(),
  disabled: z.boolean().nullish(),
});

const TIMEOUT = 10_000;
/** Most installations that are read at the same time. */
const AT_A_TIME = 8;
/** First wait after an installation could not be read; doubled each time. Milliseconds. */
const FIRST_WAIT = 60_000;
const LONGEST_WAIT = 3_600_000;

interface Known {
  readonly repositories: readonly InstalledRepository[];
  readonly failures: number;
  readonly waitUntil: number;
}

const UNKNOWN: Known = { repositories: [], failures: 0, waitUntil: 0 };

/** The installations of an App. Nothing is sent before the first listing. */
export function createInstallations(options: InstallationsOptions): Installations {
  const { now = Date.now, failed = () => {} } = options;
  const known = new Map<number, Known>();
  const app = createAppClient(options, undefined);

  async function installations(): Promise<readonly number[]> {
    const { items, error, isWhole } = await listRestPages(app.rest.apps.listInstallations, (data) => data);
    const read = items.map((item) => App.safeParse(item));
    const found = read.flatMap(({ data }) => (data === undefined ? [] : [data]));
    if (error !== undefined) failed(undefined, toForgeError(error, "list the App's installations"));
    if (read.some(({ success }) => !success)) failed(undefined, malformedError("list the App's installations"));
    if (error !== undefined && found.length === 0 && known.size === 0)
      throw toForgeError(error, "list the App's installations");
    const isSuspended = (one: z.infer<typeof App>) => one.suspended_at !== null && one.suspended_at !== undefined;
    const present = new Set(found.filter((one) => !isSuspended(one)).map(({ id }) => id));
    const suspended = new Set(found.filter(isSuspended).map(({ id }) => id));
    const isGone = (id: number) =>
      suspended.has(id) || (isWhole && !present.has(id) && read.every((one) => one.success));
    for (const id of known.keys()) if (isGone(id)) known.delete(id);
    return [...new Set([...present, ...known.keys()])];
  }

  async function repositoriesOf(id: number): Promise<readonly InstalledRepository[]> {
    const before = known.get(id) ?? UNKNOWN;
    if (now() < before.waitUntil) return before.repositories;
    const doing = `list the repositories of installation ${id}`;
    const { items, error, isWhole } = await listRestPages(
      createAppClient(options, id).rest.apps.listReposAccessibleToInstallation,
      (data) => z.object({ repositories: z.unknown() }).safeParse(data).data?.repositories,
    );
    const read = items.map((item) => Repository.safeParse(item).data);
    const found = read.filter((one) => one !== undefined);
    const alive = found.filter(({ archived, disabled }) => archived !== true && disabled !== true);
    const repositories = alive.map(
      ({ full_name: repo, id: repository }): InstalledRepository => ({ repo, installation: id, id: repository }),
    );
    const fault = error === undefined ? undefined : toForgeError(error, doing);
    if (fault === undefined && found.length === read.length) {
      known.set(id, { repositories, failures: 0, waitUntil: 0 });
      return repositories;
    }
    failed(id, fault ?? malformedError(doing));
    const failures = before.failures + 1;
    const restUntil = now() + Math.min(FIRST_WAIT * 2 ** (failures - 1), LONGEST_WAIT);
    // Suspended, deleted, or not permitted any more: its repositories cannot be reached.
    const isRefused = fault !== undefined && ["forbidden", "unauthorized", "not-found"].includes(fault.code);
    const others = isRefused || isWhole ? [] : before.repositories;
    const names = new Set(repositories.map(({ repo }) => repo));
    const together = [...repositories, ...others.filter(({ repo }) => !names.has(repo))];
    known.set(id, { repositories: together, failures, waitUntil: restUntil });
    return together;
  }

  return {
    async *repositories() {
      const waiting = [...(await installations())];
      const answers = new Map<number, Promise<readonly [number, readonly InstalledRepository[]]>>();
      for (;;) {
        for (const id of waiting.splice(0, AT_A_TIME - answers.size))
          answers.set(
            id,
            repositoriesOf(id).then((found) => [id, found] as const),
          );
        if (answers.size === 0) return;
        // Takes the first answer, so that an installation that hangs does not delay the others.
        const [id, found] = await Promise.race(answers.values());
        answers.delete(id);
        yield* found;
      }
    },
    failing: () => [...known.values()].filter(({ failures }) => failures > 0).length,
  };
}

/** A client that signs in as the App itself, or as one of its installations. Sends nothing before its first call. */
export function createAppClient(
  { appId, privateKey, baseUrl, timeout = TIMEOUT, fetch: send }: InstallationsOptions,
  id: number | undefined,
) {
  const silent = (): void => {};
  return new Octokit({
    baseUrl,
    userAgent: "raos",
    authStrategy: createAppAuth,
    auth: { appId, privateKey, ...(id === undefined ? {} : { installationId: id }) },
    log: { debug: silent, info: silent, warn: silent, error: silent },
    request: {
      fetch: (target: string, init: RequestInit) =>
        sameOriginFetch(target, { ...init, signal: signalWithin(timeout, init.signal) }, send),
    },
  });
}

function malformedError(doing: string): ForgeError {
  return new ForgeError("unavailable", `${doing}: GitHub's answer was cut off or of another shape`);
}
