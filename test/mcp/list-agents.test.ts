import { expect, test } from "vitest";
import { mcpClient } from "../support/api/mcp-client.ts";
import { serveFleet, TOKENS } from "../support/api/served-fleet.ts";

test("a person sees every agent, an agent its own tenant's", async () => {
  const { url } = await serveFleet();
  const robin = await mcpClient(url, TOKENS.robin);
  const agents = async (called: Awaited<ReturnType<typeof robin.call>>) =>
    "value" in called ? JSON.stringify(called.value).match(/"agent":"[^"]+"/g) : called;
  expect(await agents(await robin.call("list_agents"))).toEqual([
    '"agent":"acme/billing"',
    '"agent":"acme/triage"',
    '"agent":"other/secretive"',
  ]);
  const triage = await mcpClient(url, TOKENS.triage);
  expect(await agents(await triage.call("list_agents"))).toEqual(['"agent":"acme/billing"', '"agent":"acme/triage"']);
  expect(await triage.call("list_agents", { tenant: "other" })).toEqual({ value: { repo: "fleet", agents: [] } });
});
