import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { Registry } from "prom-client";
import { DeadlineError, withinDeadline } from "../../deadline/deadline.ts";
import type { Enqueued, RepoKey, Trigger } from "../../domain/trigger.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import { withoutTrailing } from "../../domain/values/trim.ts";
import type { Warn } from "../../domain/warn.ts";
import { createRateLimits, RESOURCES } from "../../forge/github/client/rate-limits.ts";
import { triggerOfPress } from "../../http/github/presses.ts";
import { createHttpListener } from "../../http/listener.ts";
import {
  createDropCounter,
  watchAlertStore,
  watchAlerts,
  watchFailing,
  watchQueue,
  watchRateLimits,
  watchRounds,
} from "../../http/metrics.ts";
import { startService as listen } from "../../http/service.ts";
import { startTimer } from "../../http/timer.ts";
import type { Log } from "../../pass/world.ts";
import { createMemoryQueue } from "../../queue/memory-queue.ts";
import { redactedLog } from "../redacted-log.ts";
import { type ExitCode, OutsideError, type Shell } from "../shell.ts";
import { cacheFolder } from "../world/cache-folder.ts";
import { type AlertBoards, createAlertBoards } from "./alert-boards.ts";
import { createApiRepositories } from "./api/api-repositories.ts";
import { apiSettings } from "./api/api-settings.ts";
import { openDoors } from "./api/open-doors.ts";
import { createRequestLines } from "./api/request-lines.ts";
import { type Identity, identityOf, type ServedOptions } from "./identity.ts";
import { createOpenWorlds } from "./open-worlds.ts";
import { createPassMetrics } from "./pass-metrics.ts";
import { createKnownRepositories } from "./repositories/known-repositories.ts";
import { createOwnersConfigs } from "./repositories/owners-configs.ts";
import { createRepositoryLife, type RepositoryLife } from "./repositories/repository-life.ts";
import { createRepositoryPass } from "./repository-pass.ts";
import { createRolloutBell } from "./rollout-bell.ts";
import type { ServedFolders } from "./served-folders.ts";

export interface ServiceOptions extends ServedOptions {
  /** The folder of each repository in which RAOS's files lie. */
  readonly folders: ServedFolders;
  readonly host: string;
  readonly port: number;
  /** Milliseconds between two rounds that read everything back. */
  readonly intervalMs: number;
  /** Milliseconds that one pass may take. */
  readonly deadlineMs: number;
  /** Milliseconds that a pass under way has to end after SIGTERM. */
  readonly graceMs: number;
  readonly logLevel: string;
}

/** After this share of the grace no more work starts and no request is answered; the rest is for writes that are running. */
const START_SHARE = 0.8;

/** Short passes at the same time, and how many of them one installation may have: no more than half. */
const SLOTS = { concurrency: 4, share: 2 } as const;

/** Milliseconds until a failed repository is tried again: ten seconds, doubled each time, at most two minutes. */
const waitAfter = (failures: number): number => Math.min(10_000 * 2 ** (failures - 1), 120_000);

/**
 * Runs the bot until the shell's signal aborts: webhooks, alerts, roll-outs and a timer queue passes, one line per repository. Returns 3
 * where it had to stop in the middle of a pass. Throws UsageError for a wrong environment, OutsideError where it cannot listen.
 */
export async function runService(shell: Shell, options: ServiceOptions): Promise<ExitCode> {
  const log = redactedLog(
    pino({ level: options.logLevel, base: { name: "raos" } }, { write: (line: string) => shell.out(line) }),
  );
  const warn: Warn = (fields, message) => log.warn(fields, message);
  const identity = identityOf(shell, options, log);
  const api = apiSettings(shell);
  const registry = new Registry();
  const boards = createAlertBoards(shell, { dropped: createDropCounter(registry), warn });
  boards.restore();
  const stopping = new AbortController();
  const installations = new Map<RepoKey, number | undefined>();
  const metrics = createPassMetrics(registry, shell.now);
  const rateLimits = createRateLimits();
  const { investigated } = metrics;
  const known = createKnownRepositories(join(cacheFolder(shell), "repositories.json"), warn);
  const owners = createOwnersConfigs(shell.now);
  const worlds = createOpenWorlds(shell, log, { ...options, rateLimits, investigated, idOf: known.idOf, owners });
  const life = createRepositoryLife({ known, worlds, boards, installations, log });
  const queuePass = (repo: RepoKey) =>
    void queue.enqueue({ kind: "alert", repo, installation: installations.get(repo) });
  const repositories = createApiRepositories({ worlds, installations, queuePass });
  const pass = createRepositoryPass({
    ...{ worlds, boards, metrics, installations, log },
    answered: queuePass,
    requests: createRequestLines(repositories.draft, log),
    stopping: stopping.signal,
  });
  let passEnded = () => {};
  const queue = createMemoryQueue({
    ...SLOTS,
    deadline: options.deadlineMs,
    backoff: waitAfter,
    run: async (repo, triggers, signal) => {
      if (!life.isGone(repo)) await withinDeadline(signal, () => pass(repo, triggers));
      passEnded();
    },
    failed: (repo, error) => logFailure(log, metrics, repo, error),
  });
  watchQueue(registry, () => queue.size());
  watchFailing(registry, { repositories: queue.failing, installations: identity.failing });
  watchAlerts(registry, boards.size);
  watchAlertStore(registry, boards.isOnDisk);
  watchRateLimits(registry, RESOURCES, (resource) => rateLimits.usedShare(resource, shell.now()));
  let notReady: string | undefined = "starting";
  let listed = 0;
  watchRounds(registry, { repositories: () => listed, isReady: () => notReady === undefined });
  /** Queues a trigger that came from outside, where its repository is served. */
  const accept = (trigger: Trigger): Enqueued => {
    const isAnyOfApp = options.repos === undefined && identity.app !== undefined;
    const served = isAnyOfApp ? undefined : (options.repos ?? [...installations.keys()]);
    const repo = served === undefined ? trigger.repo : nameOfServed(trigger, served);
    if (repo === undefined) return "joined";
    if (trigger.kind === "gone") {
      life.leave(repo, trigger.how);
      return "joined";
    }
    if (trigger.kind === "repository") life.arrive(repo);
    if (trigger.kind === "repository" && trigger.id !== undefined) life.meet(repo, trigger.id);
    if (trigger.kind === "push")
      for (const heir of heirsOf(repo, installations.keys())) {
        owners.forget(heir);
        queue.enqueue({ ...trigger, repo: heir });
      }
    return queue.enqueue({ ...trigger, repo });
  };
  const apis = await openDoors(shell, api, { repositories, registry, warn });
  if (apis !== undefined) ({ passEnded } = apis);
  const intake = await createHttpListener({
    ...(apis === undefined ? {} : { doors: apis.doors }),
    secret: identity.secret,
    app: identity.app,
    enqueue: accept,
    alerts: boards.receiver(() => installations.keys(), queuePass),
    rollouts: createRolloutBell(shell.env, {
      repositories: () => installations.keys(),
      queuePass: (repo) => void queue.enqueue({ kind: "rollout", repo, installation: installations.get(repo) }),
    }),
    metrics: registry,
    notReady: () => notReady,
    warn,
  });
  const server = await listen(intake, options).catch((error: unknown) => {
    throw new OutsideError(`cannot listen on ${options.host}:${options.port}: ${messageOf(error)}`);
  });
  const timer = startTimer({
    every: options.intervalMs,
    repositories: () =>
      servedRepositories(identity, installations, boards, {
        life,
        ready: () => (notReady = undefined),
        listed: (count) => (listed = count),
        unknown: (repo) => log.warn({ repo }, "--path names a repository that is not served; correct its name"),
        folders: options.folders,
      }),
    enqueue: (trigger) => queue.enqueue(trigger),
    failed: (error) => log.error({ error: messageOf(error) }, "the repositories cannot be listed"),
  });
  log.info({ url: server.url }, "listening");
  void readBackPresses(identity, shell.now(), log, accept);
  await untilAborted(shell.signal);
  notReady = "stopping";
  log.info({ graceMs: options.graceMs }, "stopping");
  timer.stop();
  const ended = Promise.all([server.stop(options.graceMs * START_SHARE), queue.drain()]).then(async () => {
    boards.close();
    await worlds.close();
  });
  const isEnded = await endsWithin(ended, options.graceMs, () => stopping.abort());
  if (isEnded) log.info({}, "stopped");
  else
    log.error(
      { code: "grace-over", graceMs: options.graceMs, repos: queue.running() },
      "stopped in the middle of a pass; what is left is read back at the next start",
    );
  return isEnded ? 0 : 3;
}

/** Presses of buttons that are read back at the start: an hour of them, in milliseconds. Acting on one again changes nothing. */
const PRESSED = 3_600_000;

/** Queues what people asked for by buttons of checks, in case that an earlier process ended before it acted. Never throws. */
async function readBackPresses(
  identity: Identity,
  now: Instant,
  log: Log,
  accept: (trigger: Trigger) => Enqueued,
): Promise<void> {
  const payloads = await identity.presses(now - PRESSED).catch((error: unknown) => {
    log.warn({ error: messageOf(error) }, "presses of buttons cannot be read back");
    return [];
  });
  for (const payload of payloads) {
    const press = triggerOfPress(payload);
    if (press !== undefined && press !== "none") accept(press);
  }
}

/** What a round of the timer finds out. */
interface Round {
  readonly life: RepositoryLife;
  readonly ready: () => void;
  /** Called with the number of repositories. */
  readonly listed: (count: number) => void;
  /** Called for a repository that has a folder, and is not served. */
  readonly unknown: (repo: string) => void;
  readonly folders: ServedFolders;
}

/** The repositories of one round of the timer. The service is ready once the first is known, or there is none. */
async function* servedRepositories(
  identity: Identity,
  installations: Map<RepoKey, number | undefined>,
  boards: AlertBoards,
  { ready, listed, unknown, folders, life }: Round,
) {
  const served: RepoKey[] = [];
  for await (const one of await identity.repositories()) {
    life.arrive(one.repo);
    if (one.id !== undefined) life.meet(one.repo, one.id);
    installations.set(one.repo, one.installation);
    served.push(one.repo);
    ready();
    yield one;
  }
  if (identity.failing() === 0) {
    for (const name of folders.unknownAmong(served)) unknown(name);
    const now = new Set(served);
    for (const repo of [...installations.keys()]) if (!now.has(repo)) life.leave(repo, "no-access");
  }
  listed(served.length);
  boards.restore();
  boards.forget();
  ready();
}

function logFailure(log: Log, metrics: ReturnType<typeof createPassMetrics>, repo: RepoKey, error: unknown): void {
  const isLate = error instanceof DeadlineError;
  metrics.runs.inc({ result: isLate ? "timed-out" : "failed" });
  const message = isLate
    ? "repository not reconciled within the deadline; it is tried again later"
    : "repository not reconciled; it is tried again later";
  log.error({ repo, error: messageOf(error) }, message);
}

/** The repositories that inherit from an owner's `.github` repository; none for any other. */
function heirsOf(repo: RepoKey, repos: Iterable<RepoKey>): readonly RepoKey[] {
  const [, owner] = /^(.*\/)\.github$/i.exec(repo) ?? [];
  return owner === undefined ? [] : [...repos].filter((one) => one.startsWith(owner) && one !== repo);
}

/** A webhook counts only for a repository that is served, under its name there. Forges ignore case in names. */
function nameOfServed(trigger: Trigger, repos: readonly string[]): string | undefined {
  const end = `/${trigger.repo.toLowerCase()}`;
  return repos.find((repo) =>
    withoutTrailing(repo.toLowerCase(), "/")
      .replace(/\.git$/, "")
      .endsWith(end),
  );
}

/** Whether `work` ends within `ms` milliseconds. Calls `last` after `START_SHARE` of them, so that no more work starts. */
async function endsWithin(work: Promise<unknown>, ms: number, last: () => void): Promise<boolean> {
  const alarm = setTimeout(last, ms * START_SHARE);
  const late = new AbortController();
  const over = sleep(ms, false, { signal: late.signal }).catch(() => false);
  const isDone = await Promise.race([work.then(() => true), over]);
  late.abort();
  clearTimeout(alarm);
  return isDone;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
