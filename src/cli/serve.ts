import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { pino } from "pino";
import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import { DeadlineError, passSignal, withinDeadline } from "../deadline/deadline.ts";
import type { Trigger } from "../domain/trigger.ts";
import { type Forge, ForgeError } from "../forge/forge.ts";
import { createInstallations } from "../forge/github-installations.ts";
import { createPacer, GITHUB_PACE, type Pacer } from "../forge/github-pace.ts";
import { GitError } from "../git/git-error.ts";
import { createDropCounter, watchAlertStore, watchAlerts, watchFailing, watchQueue } from "../intake/metrics.ts";
import { createIntake } from "../intake/server.ts";
import { startService } from "../intake/service.ts";
import { startTimer } from "../intake/timer.ts";
import { createMemoryQueue } from "../queue/memory.ts";
import { reconcile } from "../reconcile.ts";
import type { Log } from "../world.ts";
import { createAlertBoards } from "./alert-boards.ts";
import { assertTokenAddresses } from "./bound-token.ts";
import { githubHosts } from "./github-hosts.ts";
import { assertRepository, type Opened, openWorld } from "./open-world.ts";
import { outsideOf } from "./outside.ts";
import { redactedLog } from "./redacted-log.ts";
import { authOf } from "./remote-forge.ts";
import { type ExitCode, OutsideError, type Shell, UsageError } from "./shell.ts";

interface Options {
  readonly repo?: readonly string[];
  readonly host: string;
  readonly port: string;
  readonly interval: string;
  readonly deadline: string;
  readonly grace: string;
  readonly logLevel: string;
}

/** The share of the grace after which nothing more is begun or answered; the rest is for what a pass is writing. */
const BEGINS = 0.8;
/** How long a repository rests that failed: ten seconds, doubled each time, up to two minutes, since alerts may wait. Milliseconds. */
const restAfter = (failures: number): number => Math.min(10_000 * 2 ** (failures - 1), 120_000);

/** `raos serve`: the bot as a service: webhooks and a timer ring, one line per repository answers. */
export function serveCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("serve")
    .description("run as a service: GitHub webhooks, a timer that reads everything back, /healthz, /readyz, /metrics")
    .option(
      "--repo <repository...>",
      "only these: folders, bare repositories or https URLs; left out: all the GitHub App was given",
    )
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <number>", "port to listen on; 0 takes a free one", "3000")
    .option("--interval <duration>", "between two rounds that read everything back, such as 30s or 10m", "10m")
    .option(
      "--deadline <duration>",
      "longest time for one pass over a repository; one that takes longer is ended and tried again later",
      "5m",
    )
    .option(
      "--grace <duration>",
      "how long a pass under way has to end after SIGTERM; what is left is read back at the next start",
      "25s",
    )
    .option("--log-level <level>", "debug, info, warn or error", "info")
    .action(async (options: Options) => {
      shell.hold();
      exit(await serve(shell, options));
    });
}

async function serve(shell: Shell, options: Options): Promise<ExitCode> {
  const log = redactedLog(
    pino({ level: options.logLevel, base: { name: "raos" } }, { write: (line: string) => shell.out(line) }),
  );
  const every = milliseconds(options.interval);
  const deadline = milliseconds(options.deadline);
  const grace = milliseconds(options.grace);
  const cut = new AbortController();
  const port = whole(options.port);
  const identity = identityOf(shell, options, log);
  const metrics = new Registry();
  const count = countersIn(metrics);
  const worlds = new Map<string, Opened<Forge>>();
  const pacers = new Map<number | undefined, Pacer>();
  const boards = createAlertBoards(shell, {
    dropped: createDropCounter(metrics),
    warn: (fields, message) => log.warn(fields, message),
  });
  boards.restore();
  const served = new Map<string, number | undefined>();
  const queue = createMemoryQueue({
    deadline,
    backoff: restAfter,
    run: (repo, triggers, signal) => withinDeadline(signal, () => runOnce(repo, triggers)),
    failed: (repo, error) => {
      const isLate = error instanceof DeadlineError;
      count.runs.inc({ result: isLate ? "timed-out" : "failed" });
      log.error(
        { repo, error: error instanceof Error ? error.message : String(error) },
        isLate
          ? "repository not reconciled within the deadline; it is tried again later"
          : "repository not reconciled; it is tried again later",
      );
    },
  });
  const runOnce = async (repo: string, triggers: readonly Trigger[]): Promise<void> => {
    const stop = count.duration.startTimer();
    const installation = triggers.find((trigger) => trigger.installation !== undefined)?.installation;
    served.set(repo, installation ?? served.get(repo));
    // An answer of the model that nobody waited for rings as an alert does.
    const done = () => void queue.enqueue({ kind: "alert", repo, installation: served.get(repo) });
    const opened = await worldOf(shell, { worlds, pacers, done }, repo, triggers, log);
    const isRound = triggers.some((trigger) => trigger.kind === "timer");
    if (isRound || boards.lacks(repo)) await boards.readBack(repo, opened.world, log);
    else if (boards.isUnknown(repo) || triggers.some(({ kind }) => kind === "push" || kind === "merge"))
      await boards.know(repo, opened.world);
    const progress = boards.progress(repo);
    const reported = { alerts: boards.present(repo), whole: isRound && boards.whole(repo), progress };
    const outcomes = await reconcile(opened.world, reported, { signal: cut.signal }).catch((error: unknown) => {
      progress.end(error instanceof ForgeError || error instanceof GitError ? "given-up" : "failed");
      throw error;
    });
    progress.end(cut.signal.aborted || passSignal()?.aborted === true ? "given-up" : "ended");
    stop();
    opened.world.store.seal();
    for (const outcome of outcomes) count.outcomes.inc({ kind: outcome.kind });
    // The line says so itself where the pass ended early.
    if (passSignal()?.aborted === true) return;
    count.runs.inc({ result: "done" });
    log.info(
      { repo, triggers: triggers.length, ...tally(outcomes.map((outcome) => outcome.kind)) },
      "repository reconciled",
    );
  };
  watchQueue(metrics, () => queue.size());
  watchFailing(metrics, { repositories: queue.failing, installations: identity.failing });
  watchAlerts(metrics, boards.size);
  watchAlertStore(metrics, boards.isSafe);
  let notReady: string | undefined = "starting";
  const intake = await createIntake({
    secret: identity.secret,
    app: identity.app,
    enqueue: (trigger) => {
      const repo = servedAs(trigger, options);
      return repo === undefined ? "joined" : queue.enqueue({ ...trigger, repo });
    },
    alerts: boards.intake(
      () => served.keys(),
      (repo) => void queue.enqueue({ kind: "alert", repo, installation: served.get(repo) }),
    ),
    metrics,
    notReady: () => notReady,
    warn: (fields, message) => log.warn(fields, message),
  });
  const service = await startService(intake, { host: options.host, port }).catch((error: unknown) => {
    throw new OutsideError(
      `cannot listen on ${options.host}:${options.port}: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  const timer = startTimer({
    every,
    repositories: async function* () {
      for await (const one of await identity.repositories()) {
        served.set(one.repo, one.installation);
        notReady = undefined;
        yield one;
      }
      boards.restore();
      boards.forget();
      notReady = undefined;
    },
    enqueue: (trigger) => queue.enqueue(trigger),
    failed: (error) =>
      log.error({ error: error instanceof Error ? error.message : String(error) }, "the repositories cannot be listed"),
  });
  log.info({ url: service.url }, "listening");
  await untilStopped(shell.signal);
  notReady = "stopping";
  log.info({ graceMs: grace }, "stopping");
  timer.stop();
  const ended = Promise.all([service.stop(grace * BEGINS), queue.drain()]).then(async () => {
    boards.close();
    for (const world of worlds.values()) await world.close();
  });
  const begins = setTimeout(() => cut.abort(), grace * BEGINS);
  const inTime = await within(ended, grace);
  clearTimeout(begins);
  if (inTime) {
    log.info({}, "stopped");
    return 0;
  }
  log.error(
    { code: "grace-over", graceMs: grace, repos: queue.running() },
    "stopped in the middle of a pass; what is left is read back at the next start",
  );
  return 3;
}

/** Whether work ends within some milliseconds. */
async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  const late = new AbortController();
  const over = sleep(ms, false, { signal: late.signal }).catch(() => false);
  const isDone = await Promise.race([work.then(() => true), over]);
  late.abort();
  return isDone;
}

interface Identity {
  readonly secret: string;
  readonly app: { readonly appId: number; readonly privateKey: string } | undefined;
  repositories(): Promise<readonly Served[]> | AsyncIterable<Served>;
  /** Installations that cannot be listed. */
  failing(): number;
}

interface Served {
  readonly repo: string;
  readonly installation: number | undefined;
}

/** Who the service is on GitHub. Only folders need nobody; then no webhook is ever let in. Throws UsageError. */
function identityOf(shell: Shell, options: Options, log: Log): Identity {
  const { WEBHOOK_SECRET } = shell.env;
  for (const repo of options.repo ?? []) assertRepository(shell, repo);
  assertTokenAddresses(shell.env);
  const named = options.repo?.map((repo) => ({ repo, installation: undefined }));
  if (named?.every(({ repo }) => !/^https?:/i.test(repo)) === true) {
    return {
      secret: WEBHOOK_SECRET ?? randomBytes(32).toString("hex"),
      app: undefined,
      repositories: async () => named,
      failing: () => 0,
    };
  }
  if (WEBHOOK_SECRET === undefined || WEBHOOK_SECRET === "")
    throw new UsageError("WEBHOOK_SECRET is not set; set it to the webhook secret of the GitHub App");
  const auth = authOf(shell);
  const app = auth.kind === "app" ? { appId: auth.appId, privateKey: auth.privateKey } : undefined;
  if (named !== undefined) return { secret: WEBHOOK_SECRET, app, repositories: async () => named, failing: () => 0 };
  if (app === undefined)
    throw new UsageError(
      "a token serves the repositories that --repo names; to serve all of a GitHub App's set APP_ID and PRIVATE_KEY instead",
    );
  const baseUrl = githubHosts(shell.env)[0]?.api ?? "";
  const failed = (installation: number | undefined, error: Error) =>
    log.warn(
      { installation, error: error.message },
      "part of the repositories cannot be listed; it is tried again later",
    );
  const installations = createInstallations({ ...app, baseUrl, failed });
  return {
    secret: WEBHOOK_SECRET,
    app,
    repositories: () => installations.repositories(),
    failing: () => installations.failing(),
  };
}

/** With --repo, a webhook rings only for a repository that was named, under the name it was given there. */
function servedAs(trigger: Trigger, options: Options): string | undefined {
  if (options.repo === undefined) return trigger.repo;
  return options.repo.find((repo) => repo.replace(/\.git$/, "").endsWith(`/${trigger.repo}`));
}

interface Worlds {
  readonly worlds: Map<string, Opened<Forge>>;
  readonly pacers: Map<number | undefined, Pacer>;
  readonly done: () => void;
}

async function worldOf(
  shell: Shell,
  { worlds, pacers, done }: Worlds,
  repo: string,
  triggers: readonly Trigger[],
  log: Log,
): Promise<Opened<Forge>> {
  const known = worlds.get(repo);
  if (known !== undefined) return known;
  const installation = triggers.find((trigger) => trigger.installation !== undefined)?.installation;
  const env = installation === undefined ? shell.env : { ...shell.env, INSTALLATION_ID: String(installation) };
  const where = /^[^/\s]+\/[^/\s]+$/.test(repo) && installation !== undefined ? `${serverUrl(shell)}/${repo}` : repo;
  const pacer = pacers.get(installation) ?? createPacer(GITHUB_PACE);
  pacers.set(installation, pacer);
  const opened = await openWorld({ ...shell, env }, where, {
    log,
    pacer,
    outside: outsideOf(shell, { wait: false, done }),
  });
  worlds.set(repo, opened);
  return opened;
}

/** Where repositories lie on the web; `GITHUB_SERVER_URL` names a GitHub Enterprise Server, as in GitHub Actions. */
function serverUrl(shell: Shell): string {
  return githubHosts(shell.env)[0]?.origin ?? "";
}

function countersIn(registry: Registry) {
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    duration: new Histogram({
      name: "raos_reconcile_duration_seconds",
      help: "One pass over a repository, in seconds",
      buckets: [0.1, 0.5, 1, 5, 15, 60, 300],
      registers,
    }),
    runs: new Counter({
      name: "raos_reconcile_total",
      help: "Passes over a repository, by how they ended",
      labelNames: ["result"],
      registers,
    }),
    outcomes: new Counter({
      name: "raos_outcomes_total",
      help: "Outcomes of causes, by kind",
      labelNames: ["kind"],
      registers,
    }),
  };
}

function tally(kinds: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function whole(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new UsageError(`"${text}" is no port`);
  return Number(text);
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

function milliseconds(text: string): number {
  const [, amount = "", unit = ""] = /^(\d{1,6})(s|m|h)$/.exec(text) ?? [];
  if (amount === "" || amount === "0") throw new UsageError(`"${text}" is no duration; write 30s, 10m or 1h`);
  return Math.min(Number(amount) * (UNITS[unit] ?? 1000), 2_147_483_647);
}

function untilStopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
