import { expect, test } from "vitest";
import { grantOf, HELPER } from "../support/api/granted-fleet.ts";
import { issuesIn } from "../support/api/issues-in.ts";
import { mcpClient } from "../support/api/mcp-client.ts";
import { branchesOf, FLEET, serveFleet, TOKENS } from "../support/api/served-fleet.ts";
import { raos } from "../support/cli/raos.ts";
import { triage } from "../support/specs/acme-fleet.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const AT_ONCE = 16;
const DAY = 86_400_000;

/** acme/triage, which may have two agents, asks so many times at once; how often it got each answer. */
async function storm(calls: number) {
  const { url, bare } = await serveFleet({
    ...FLEET,
    "agents/acme/triage.yaml": triage({ limits: "{dollarsPerDay: 5}", supervision: grantOf({ max: 2, perDay: 100 }) }),
    "templates/helper.yaml": HELPER,
  });
  const { call } = await mcpClient(url, TOKENS.triage);
  const answers: Record<string, number> = {};
  const names = Array.from({ length: calls }, (_, index) => `child-${index}`);
  const ask = async () => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const called = await call("create_agent", { tenant: "acme", name, template: "helper" });
      const answer = "refused" in called ? called.refused.split(": ").slice(0, 3).join(": ") : "opened";
      answers[answer] = (answers[answer] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  return {
    ...{ answers, requests: branchesOf(bare).filter((branch) => branch.startsWith("raos/request")) },
    issues: (state: "open" | "closed") => issuesIn(bare, state),
    reconcile: (now: number) => raos(temporaryFolder(), ["reconcile", "--repo", bare], {}, () => now),
  };
}

test("an agent that asks 200 times gets what its grant holds, a named refusal each time, and one issue", {
  timeout: 300_000,
}, async () => {
  const { answers, requests, issues } = await storm(200);
  expect(answers).toEqual({ opened: 2, "denied: grant: too-many-agents": 198 });
  expect(requests).toHaveLength(2);
  expect(await issues("open")).toEqual(["acme/triage asks for more than its grant"]);
});

test("a refusal now and then opens no issue, and one that is open closes two days after the last", {
  timeout: 60_000,
}, async () => {
  expect(await (await storm(4)).issues("open")).toEqual([]);
  const { issues, reconcile } = await storm(8);
  expect(await issues("open")).toHaveLength(1);
  await reconcile(Date.now() + DAY);
  expect(await issues("open")).toHaveLength(1);
  await reconcile(Date.now() + 3 * DAY);
  expect([await issues("open"), await issues("closed")]).toEqual([[], ["acme/triage asks for more than its grant"]]);
});
