import { expect, test } from "vitest";
import { a2aClient, callMessage, dataOf } from "../support/api/a2a-client.ts";
import { grantOf, HELPER } from "../support/api/granted-fleet.ts";
import { mcpClient } from "../support/api/mcp-client.ts";
import { branchesOf, FLEET, serveFleet, TOKENS } from "../support/api/served-fleet.ts";
import { triage } from "../support/specs/acme-fleet.ts";

test("of two requests for the last place, one over MCP and one over A2A at the same moment, one gets it", {
  timeout: 120_000,
}, async () => {
  const { url, bare } = await serveFleet({
    ...FLEET,
    "agents/acme/triage.yaml": triage({ limits: "{dollarsPerDay: 5}", supervision: grantOf({ max: 1, perDay: 100 }) }),
    "templates/helper.yaml": HELPER,
  });
  const [mcp, a2a] = await Promise.all([mcpClient(url, TOKENS.triage), a2aClient(url, TOKENS.triage)]);
  const wanted = (name: string) => ({ tenant: "acme", name, template: "helper" });
  const overMcp = async (name: string) => {
    const called = await mcp.call("create_agent", wanted(name));
    return "refused" in called ? called.refused : "opened";
  };
  const overA2a = async (name: string) => {
    const [data] = dataOf(await a2a.sendMessage(callMessage("create_agent", wanted(name))));
    return JSON.stringify(data).includes("too-many-agents") ? "too-many-agents" : "opened";
  };
  const answers = await Promise.all([
    overMcp("by-mcp"),
    overA2a("by-a2a"),
    overMcp("by-mcp-too"),
    overA2a("by-a2a-too"),
  ]);
  expect(answers.filter((answer) => answer === "opened")).toHaveLength(1);
  expect(answers.filter((answer) => answer.includes("too-many-agents"))).toHaveLength(3);
  expect(branchesOf(bare).filter((branch) => branch.startsWith("raos/request"))).toHaveLength(1);
});
