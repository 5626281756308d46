import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  RowBuilder,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { series, stat } from "./panels.ts";

/** Where the bot's chart reads its dashboard; it fills in RAOS_SERIES, RAOS_PLACE and RAOS_UID for each release. */
export const BOT_DASHBOARD_FILE = resolve(import.meta.dirname, "../charts/raos/files/dashboard.json");

/** The dashboard of the bot: how the fleet is delivered, what it does, and whether it is well. */
export function botDashboard(): Dashboard {
  return new DashboardBuilder("RAOS (RAOS_PLACE)")
    .uid("RAOS_UID")
    .tags(["raos"])
    .refresh("1m")
    .time({ from: "now-7d", to: "now" })
    .timezone("browser")
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"))
    .withPanel(stat("Rolling out or watched", "short", "sum(raos_rollouts{RAOS_SERIES})"))
    .withPanel(stat("Lead time, median of a week", "s", 'max(raos_lead_time_seconds{RAOS_SERIES, quantile="0.5"})'))
    .withPanel(
      stat("Time to restore, median of a week", "s", 'max(raos_time_to_restore_seconds{RAOS_SERIES, quantile="0.5"})'),
    )
    .withPanel(stat("Changes found worse, of those judged", "percentunit", FAILURE_RATE))
    .withRow(new RowBuilder("Delivery"))
    .withPanel(
      series("Verdicts in a day", "short", [
        { expr: "sum by (verdict) (increase(raos_verdicts_total{RAOS_SERIES}[1d]))", legend: "{{verdict}}" },
      ]),
    )
    .withPanel(
      series("Merged changes that are watched", "short", [
        { expr: "sum by (state) (raos_rollouts{RAOS_SERIES})", legend: "{{state}}" },
      ]),
    )
    .withPanel(
      series("Lead time", "s", [
        { expr: "max by (quantile) (raos_lead_time_seconds{RAOS_SERIES})", legend: "quantile {{quantile}}" },
      ]),
    )
    .withRow(new RowBuilder("What it does"))
    .withPanel(
      series("Outcomes in an hour", "short", [
        {
          expr: 'sum by (kind) (increase(raos_outcomes_total{RAOS_SERIES, kind!="unchanged"}[1h]))',
          legend: "{{kind}}",
        },
      ]),
    )
    .withPanel(
      series("Investigations in a day", "short", [
        { expr: "sum by (result) (increase(raos_investigations_total{RAOS_SERIES}[1d]))", legend: "{{result}}" },
      ]),
    )
    .withPanel(series("Alerts known", "short", [{ expr: "sum(raos_alerts{RAOS_SERIES})", legend: "alerts" }]))
    .withRow(new RowBuilder("What it is asked for"))
    .withPanel(
      series("Calls over MCP and A2A in an hour", "short", [
        { expr: "sum by (outcome) (increase(raos_api_calls_total{RAOS_SERIES}[1h]))", legend: "{{outcome}}" },
      ]),
    )
    .withPanel(
      series("Calls, 95th percentile", "s", [
        {
          expr: "histogram_quantile(0.95, sum by (le, tool) (rate(raos_api_call_duration_seconds_bucket{RAOS_SERIES}[15m])))",
          legend: "{{tool}}",
        },
      ]),
    )
    .withPanel(
      series("Push notifications in an hour", "short", [
        { expr: "sum by (result) (increase(raos_push_notifications_total{RAOS_SERIES}[1h]))", legend: "{{result}}" },
      ]),
    )
    .withRow(new RowBuilder("Whether it is well"))
    .withPanel(
      series("Passes", "s", [
        {
          expr: "histogram_quantile(0.95, sum by (le) (rate(raos_reconcile_duration_seconds_bucket{RAOS_SERIES}[15m])))",
          legend: "95th percentile",
        },
        { expr: "max(time() - raos_last_reconcile_timestamp_seconds{RAOS_SERIES})", legend: "since the last one" },
      ]),
    )
    .withPanel(
      series("Repositories", "short", [
        { expr: "sum(raos_repositories{RAOS_SERIES})", legend: "served" },
        { expr: "sum(raos_repositories_failing{RAOS_SERIES})", legend: "failing" },
        { expr: "sum(raos_queue_waiting{RAOS_SERIES})", legend: "waiting" },
      ]),
    )
    .withPanel(
      series("GitHub's budget of requests, used", "percentunit", [
        { expr: "max by (resource) (raos_github_rate_limit_used_ratio{RAOS_SERIES})", legend: "{{resource}}" },
      ]),
    )
    .build();
}

const FAILURE_RATE =
  'sum(increase(raos_verdicts_total{RAOS_SERIES, verdict="worse"}[7d])) / sum(increase(raos_verdicts_total{RAOS_SERIES, verdict!="replaced"}[7d]))';

/** The file as committed. */
export function botDashboardText(): string {
  return `${JSON.stringify(botDashboard(), null, 2)}\n`;
}

if (import.meta.main) writeFileSync(BOT_DASHBOARD_FILE, botDashboardText());
