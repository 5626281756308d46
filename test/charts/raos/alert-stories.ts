/** Series of the bot, and the alerts that fire after two hours of them: `alertname severity [resource]`. */
export interface BotStory {
  readonly series: Readonly<Record<string, string>>;
  readonly firing: readonly string[];
}

export const MINUTES = 120;
const of = 'namespace="raos-system",service="raos",pod="raos-7d9f8c6b5-x2x4z"';
const constant = (value: number) => `${value}+0x${MINUTES}`;
/** One value until a minute, another from then on. */
const from = (minute: number, before: number, after: number) =>
  `${before}+0x${minute - 1} ${after}+0x${MINUTES - minute}`;

/** A bot that does what it should: each series and its values. */
const well: Readonly<Record<string, string>> = {
  up: constant(1),
  process_start_time_seconds: constant(0),
  raos_ready: constant(1),
  raos_repositories: constant(3),
  // A pass ends every minute.
  raos_last_reconcile_timestamp_seconds: `0+60x${MINUTES}`,
  raos_repositories_failing: constant(0),
  raos_installations_failing: constant(0),
  // Each round brings work, which is done before the next.
  raos_queue_waiting: Array.from({ length: MINUTES + 1 }, (_, minute) =>
    minute % 10 < 4 ? 4 - (minute % 10) : 0,
  ).join(" "),
  raos_alert_store_up: constant(1),
  'raos_investigations_total{result="found"}': `0+1x${MINUTES}`,
  'raos_investigations_total{result="out-of-budget"}': constant(0),
  'raos_github_rate_limit_used_ratio{resource="core"}': constant(0.4),
  'raos_github_rate_limit_used_ratio{resource="graphql"}': constant(0.6),
  'raos_github_rate_limit_used_ratio{resource="other"}': constant(0),
};

/** The bot's series, some of them otherwise; undefined: such a series is not there. */
function story(changes: Readonly<Record<string, string | undefined>>, ...firing: readonly string[]): BotStory {
  const values = Object.entries({ ...well, ...changes }).filter(([, one]) => one !== undefined);
  const series = values.map(([name, value]) => [
    name.includes("{") ? name.replace("{", `{${of},`) : `${name}{${of}}`,
    value ?? "",
  ]);
  return { series: Object.fromEntries(series), firing };
}

const nothing = Object.fromEntries(Object.keys(well).map((name) => [name, undefined]));

export const botStories: readonly (readonly [title: string, story: BotStory])[] = [
  ["all is well", story({})],
  ["there is nothing to scrape", story(nothing, "RaosDown critical")],
  ["the pod is not reached", story({ ...nothing, up: constant(0) }, "RaosDown critical")],
  ["it was not reached for five minutes", story({ up: from(115, 1, 0) })],
  ["it restarts every ten minutes", story({ process_start_time_seconds: restarts(10) }, "RaosRestarting warning")],
  ["it was updated twice", story({ process_start_time_seconds: restarts(50) })],
  ["it cannot list its repositories", story({ raos_ready: constant(0) }, "RaosNotReady critical")],
  ["it started ten minutes ago", story({ raos_ready: from(110, 1, 0) })],
  [
    "no pass has ended for an hour",
    story({ raos_last_reconcile_timestamp_seconds: `0+60x59 3540+0x${MINUTES - 60}` }, "RaosNotReconciling critical"),
  ],
  ["no pass has ended for half an hour", story({ raos_last_reconcile_timestamp_seconds: `0+60x89 5340+0x30` })],
  [
    "there is no repository to reconcile",
    story({ raos_last_reconcile_timestamp_seconds: constant(0), raos_repositories: constant(0) }),
  ],
  ["two repositories fail", story({ raos_repositories_failing: constant(2) }, "RaosRepositoriesFailing warning")],
  ["a repository failed, and was mended", story({ raos_repositories_failing: from(100, 1, 0) })],
  [
    "an installation is suspended",
    story({ raos_installations_failing: constant(1) }, "RaosInstallationsFailing warning"),
  ],
  ["an installation could not be listed for half an hour", story({ raos_installations_failing: from(90, 0, 1) })],
  ["the queue grows", story({ raos_queue_waiting: `0+1x${MINUTES}` }, "RaosQueueGrowing warning")],
  ["the queue was long for a round", story({ raos_queue_waiting: from(110, 0, 40) })],
  [
    "what waits is what failed",
    story(
      { raos_queue_waiting: constant(2), raos_repositories_failing: constant(2) },
      "RaosRepositoriesFailing warning",
    ),
  ],
  ["the disk is full", story({ raos_alert_store_up: constant(0) }, "RaosAlertStoreDown critical")],
  ["the disk was full for two minutes", story({ raos_alert_store_up: from(118, 1, 0) })],
  [
    "the budget for models is spent",
    story({ 'raos_investigations_total{result="out-of-budget"}': from(100, 0, 1) }, "RaosModelBudgetSpent warning"),
  ],
  ["it was spent hours ago", story({ 'raos_investigations_total{result="out-of-budget"}': from(30, 0, 3) })],
  [
    "GraphQL's requests are nearly used up",
    story(
      { 'raos_github_rate_limit_used_ratio{resource="graphql"}': from(100, 0.5, 0.95) },
      "RaosGitHubRateLimitNear warning graphql",
    ),
  ],
  ["they were for a moment", story({ 'raos_github_rate_limit_used_ratio{resource="core"}': from(118, 0.5, 0.99) })],
  [
    "another bot of the cluster is down",
    (() => {
      const { series } = story({});
      return { series: { ...series, 'up{namespace="other",service="raos"}': constant(0) }, firing: [] };
    })(),
  ],
];

/** The start of a process that begins again every so many minutes. */
function restarts(every: number): string {
  return Array.from({ length: MINUTES + 1 }, (_, minute) => Math.floor(minute / every) * every * 60).join(" ");
}
