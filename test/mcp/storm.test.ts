import { expect, test } from "vitest";
import { grantOf, HELPER } from "../support/api/granted-fleet.ts";
import { mcpClient } from "../support/api/mcp-client.ts";
import { branchesOf, FLEET, serveFleet, TOKENS } from "../support/api/served-fleet.ts";
import { raos } from "../support/cli/raos.ts";
import { triage } from "../support/specs/acme-fleet.ts";

const CALLS = 1000;
const AT_ONCE = 16;

test("an agent that asks a thousand times gets what its grant holds, a named refusal each time, and one issue", {
  timeout: 300_000,
}, async () => {
  const { url, bare } = await serveFleet({
    ...FLEET,
    "agents/acme/triage.yaml": triage({ limits: "{dollarsPerDay: 5}", supervision: grantOf({ max: 2, perDay: 100 }) }),
    "templates/helper.yaml": HELPER,
  });
  const { call } = await mcpClient(url, TOKENS.triage);
  const answers = new Map<string, number>();
  const names = Array.from({ length: CALLS }, (_, index) => `child-${index}`);
  const ask = async () => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const called = await call("create_agent", { tenant: "acme", name, template: "helper" });
      const answer = "refused" in called ? called.refused.split(": ").slice(0, 3).join(": ") : "opened";
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  expect(Object.fromEntries(answers)).toEqual({ opened: 2, "denied: grant: too-many-agents": CALLS - 2 });
  expect(branchesOf(bare).filter((branch) => branch.startsWith("raos/request"))).toHaveLength(2);
  const { out } = await raos(".", ["issue", "list", "--repo", bare, "--output", "json"]);
  expect(JSON.parse(out)).toMatchObject([{ title: "acme/triage asks for more than its grant" }]);
});
