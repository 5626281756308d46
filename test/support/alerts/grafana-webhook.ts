/** What a Grafana tells of an alert, beside what a test says: the fields that its webhook always sends. */
export interface GrafanaAlert {
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly minutesAgo: number;
}

const GRAFANA = "https://grafana.acme.example";

/**
 * Posts alerts to `raos serve` as a webhook contact point of Grafana does, with every field that its documentation lists
 * (https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/):
 * version 1, its organisation, an offset in the times, links, and the values of the rule's expressions, which are null where the
 * rule measured nothing (grafana/grafana#88184). Returns the answer's status.
 */
export async function postGrafana(url: string, token: string, alerts: readonly GrafanaAlert[]): Promise<number> {
  const isFiring = alerts.some(({ status }) => status === "firing");
  const payload = {
    receiver: "RAOS",
    status: isFiring ? "firing" : "resolved",
    orgId: 1,
    alerts: alerts.map(detailsOf),
    groupLabels: { alertname: alerts[0]?.labels.alertname, grafana_folder: "Agents" },
    commonLabels: { grafana_folder: "Agents" },
    commonAnnotations: {},
    externalURL: `${GRAFANA}/`,
    version: "1",
    groupKey: '{}/{team="agents"}:{alertname="…", grafana_folder="Agents"}',
    truncatedAlerts: 0,
    title: `[${isFiring ? "FIRING" : "RESOLVED"}:${alerts.length}] (Agents)`,
    state: isFiring ? "alerting" : "ok",
    message: "**Firing**\n\nValue: B=44.2, C=1\nLabels:\n - alertname = …\n",
  };
  const response = await fetch(`${url}/api/alerts`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "user-agent": "Grafana" },
    body: JSON.stringify(payload),
    signal: AbortSignal.timeout(10_000),
  });
  await response.text();
  return response.status;
}

function detailsOf({ status, labels, annotations = {}, minutesAgo }: GrafanaAlert): object {
  const hasMeasured = annotations.grafana_state_reason === undefined;
  return {
    status,
    labels: { grafana_folder: "Agents", ...labels },
    annotations: { summary: "It is not well", __dashboardUid__: "abc", ...annotations },
    startsAt: twoHoursEast(Date.now() - minutesAgo * 60_000),
    endsAt: status === "firing" ? "0001-01-01T00:00:00Z" : twoHoursEast(Date.now() - 1000),
    generatorURL: `${GRAFANA}/alerting/grafana/1afz29v7z/view?orgId=1`,
    fingerprint: "c6eadffa33fcdf37",
    silenceURL: `${GRAFANA}/alerting/silence/new?alertmanager=grafana&matcher=alertname%3D${labels.alertname}&orgId=1`,
    dashboardURL: `${GRAFANA}/d/abc?orgId=1`,
    panelURL: `${GRAFANA}/d/abc?orgId=1&viewPanel=2`,
    values: hasMeasured ? { B: 44.23943737541908, C: 1 } : null,
    valueString: hasMeasured ? "[ var='B' labels={} value=44.2 ], [ var='C' labels={} value=1 ]" : "",
  };
}

/** A time as a Grafana two hours east of Greenwich writes it. */
function twoHoursEast(time: number): string {
  return new Date(time + 2 * 3_600_000).toISOString().replace("Z", "+02:00");
}
