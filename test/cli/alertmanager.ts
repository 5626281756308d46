import { createServer } from "node:http";
import { onTestFinished } from "vitest";

const OLD = new Date(Date.now() - 86_400_000).toISOString();
const ACTIVE = { state: "active", silencedBy: [], inhibitedBy: [] };

/** An Alertmanager that says what it is told to say. */
export async function alertmanager() {
  const said = { alerts: [] as readonly object[], uptime: OLD, asked: 0 };
  const server = createServer((request, response) => {
    const isStatus = request.url === "/api/v2/status";
    if (!isStatus) said.asked += 1;
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify(isStatus ? { uptime: said.uptime } : said.alerts.map((one) => ({ ...one, status: ACTIVE }))));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  return { said, config: `  alertmanager: {url: "${url}"}\n` };
}
