import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/core";
import * as z from "zod";
import { signalWithin } from "../deadline/deadline.ts";
import { ForgeError } from "./forge.ts";
import { toForgeError } from "./github-error.ts";
import { pagesOf } from "./github-pages.ts";
import { sameOriginFetch } from "./same-origin-fetch.ts";

/** A repository that a GitHub App was given. */
export interface InstalledRepository {
  /** `owner/name`. */
  readonly repo: string;
  readonly installation: number;
}

export interface InstallationsOptions {
  readonly appId: number;
  readonly privateKey: string;
  readonly baseUrl: string;
  /** Milliseconds one request may take; left out, 10,000. */
  readonly timeout?: number;
  readonly now?: () => number;
  /** Told of each installation, and each page of a listing, that cannot be read. */
  readonly failed?: (installation: number | undefined, error: ForgeError) => void;
}

/** What a GitHub App was given, listed again and again. */
export interface Installations {
  /**
   * Every repository of every installation that is not suspended, as they are found; archived ones take no pull requests.
   * An installation, or a page, that cannot be read does not hold up the others: it rests, longer each time, and what was
   * known of it stands meanwhile, unless GitHub says that it is gone. Throws ForgeError where there is nothing to go by.
   */
  repositories(): AsyncGenerator<InstalledRepository>;
  /** Installations whose repositories could not be listed the last time. */
  failing(): number;
}

const App = z.object({ id: z.int().positive(), suspended_at: z.string().nullish() });
const Repository = z.object({
  full_name: z.string().regex(/^[A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_.-]{1,100}$/),
  archived: z.boolean().nullish(),
  disabled: z.boolean().nullish(),
});

const TIMEOUT = 10_000;
/** Installations that are asked at a time. */
const AT_A_TIME = 8;
/** How long an installation rests that cannot be read: doubled with each time. Milliseconds. */
const REST = 60_000;
const LONGEST_REST = 3_600_000;

interface Known {
  readonly repositories: readonly InstalledRepository[];
  readonly failures: number;
  readonly restUntil: number;
}

const UNKNOWN: Known = { repositories: [], failures: 0, restUntil: 0 };

/** The installations of an App. Nothing is sent before the first listing. */
export function createInstallations(options: InstallationsOptions): Installations {
  const { now = Date.now, failed = () => {} } = options;
  const known = new Map<number, Known>();
  const app = octokitOf(options, undefined);

  async function installations(): Promise<readonly number[]> {
    const { items, error, isWhole } = await pagesOf(app, "GET /app/installations", (data) => data);
    const read = items.map((item) => App.safeParse(item));
    const found = read.flatMap(({ data }) => (data === undefined ? [] : [data]));
    if (error !== undefined) failed(undefined, toForgeError(error, "list the App's installations"));
    if (read.some(({ success }) => !success)) failed(undefined, malformed("list the App's installations"));
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
    if (now() < before.restUntil) return before.repositories;
    const doing = `list the repositories of installation ${id}`;
    const { items, error, isWhole } = await pagesOf(
      octokitOf(options, id),
      "GET /installation/repositories",
      (data) => z.object({ repositories: z.unknown() }).safeParse(data).data?.repositories,
    );
    const read = items.map((item) => Repository.safeParse(item).data);
    const found = read.filter((one) => one !== undefined);
    const alive = found.filter(({ archived, disabled }) => archived !== true && disabled !== true);
    const repositories = alive.map(({ full_name: repo }): InstalledRepository => ({ repo, installation: id }));
    const fault = error === undefined ? undefined : toForgeError(error, doing);
    if (fault === undefined && found.length === read.length) {
      known.set(id, { repositories, failures: 0, restUntil: 0 });
      return repositories;
    }
    failed(id, fault ?? malformed(doing));
    const failures = before.failures + 1;
    const restUntil = now() + Math.min(REST * 2 ** (failures - 1), LONGEST_REST);
    // Suspended, deleted, or not permitted any more: what was known of it cannot be reached either.
    const isRefused = fault !== undefined && ["forbidden", "unauthorized", "not-found"].includes(fault.code);
    const others = isRefused || isWhole ? [] : before.repositories;
    const names = new Set(repositories.map(({ repo }) => repo));
    const together = [...repositories, ...others.filter(({ repo }) => !names.has(repo))];
    known.set(id, { repositories: together, failures, restUntil });
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
        // Whoever answers first: one that hangs holds up nobody.
        const [id, found] = await Promise.race(answers.values());
        answers.delete(id);
        yield* found;
      }
    },
    failing: () => [...known.values()].filter(({ failures }) => failures > 0).length,
  };
}

/** All of them at once. Throws ForgeError where there is nothing to go by. */
export async function installedRepositories(options: InstallationsOptions): Promise<readonly InstalledRepository[]> {
  return Array.fromAsync(createInstallations(options).repositories());
}

function octokitOf({ appId, privateKey, baseUrl, timeout = TIMEOUT }: InstallationsOptions, id: number | undefined) {
  const silent = (): void => {};
  return new Octokit({
    baseUrl,
    userAgent: "raos",
    authStrategy: createAppAuth,
    auth: { appId, privateKey, ...(id === undefined ? {} : { installationId: id }) },
    log: { debug: silent, info: silent, warn: silent, error: silent },
    request: {
      fetch: (target: string, init: RequestInit) =>
        sameOriginFetch(target, { ...init, signal: signalWithin(timeout, init.signal) }),
    },
  });
}

function malformed(doing: string): ForgeError {
  return new ForgeError("unavailable", `${doing}: GitHub's answer was cut off or of another shape`);
}
