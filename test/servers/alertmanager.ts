import { listen } from "./loopback.ts";

const OLD = new Date(Date.now() - 86_400_000).toISOString();
const ACTIVE = { state: "active", silencedBy: [], inhibitedBy: [] };

/** An Alertmanager whose answers a test sets. */
export async function startAlertmanager() {
  const said = { alerts: [] as readonly object[], uptime: OLD, asked: 0, authorization: [] as (string | undefined)[] };
  const url = await listen((request, response) => {
    const isStatus = request.url === "/api/v2/status";
    if (!isStatus) said.asked += 1;
    said.authorization.push(request.headers.authorization);
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify(isStatus ? { uptime: said.uptime } : said.alerts.map((one) => ({ ...one, status: ACTIVE }))));
  });
  return { said, url, config: `  alertmanager: {url: "${url}"}\n` };
}
