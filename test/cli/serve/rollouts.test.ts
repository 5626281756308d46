import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { agent, alertingFleet } from "../../support/cli/alerting-fleet.ts";
import { type Served, serve } from "../../support/cli/serve.ts";
import { waitUntil } from "../../support/wait.ts";

const SECRET = "s3cret-of-flux";
const TOKEN = "t0ken-of-argocd";
const passes = ({ log }: Served) => log.filter(({ msg }) => msg === "repository reconciled").length;
const sign = (body: string) => `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;

test("an event of Flux or Argo CD makes a pass run at once; one that proves nothing makes none", async () => {
  const { place } = await alertingFleet({ triage: agent("triage") });
  const served = await serve(["--repo", place.bare], { ROLLOUTS_SECRET: SECRET, ROLLOUTS_TOKEN: TOKEN });
  await waitUntil(() => passes(served) === 1);
  const post = async (body: string, headers: Readonly<Record<string, string>>) =>
    (await fetch(`${served.url}/api/rollouts`, { method: "POST", body, headers })).status;
  const body = JSON.stringify({ severity: "info", reason: "UpgradeSucceeded", metadata: { revision: "1.0.0" } });
  expect(await post(body, { "x-signature": sign(`${body} `) })).toBe(401);
  expect(await post(body, { authorization: "Bearer another" })).toBe(401);
  expect(await post(body, { "x-signature": sign(body) })).toBe(200);
  await waitUntil(() => passes(served) === 2);
  expect(await post("{}", { authorization: `Bearer ${TOKEN}` })).toBe(200);
  const metrics = await (await fetch(`${served.url}/metrics`)).text();
  expect(metrics).toContain('raos_rollout_deliveries_total{result="taken"} 2');
  expect(metrics).toContain('raos_rollout_deliveries_total{result="unauthorized"} 2');
  expect(JSON.stringify(served.log)).not.toMatch(new RegExp(`${SECRET}|${TOKEN}`));
});
