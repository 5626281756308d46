export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Posts alerts to `raos serve` as an Alertmanager does; `changed` replaces fields of the payload. */
export async function postAlerts(
  url: string,
  token: string,
  alerts: readonly object[],
  changed: object = {},
): Promise<Answered> {
  const response = await fetch(`${url}/api/alerts`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ version: "4", truncatedAlerts: 0, alerts, ...changed }),
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, text: await response.text() };
}
