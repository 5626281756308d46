import * as z from "zod";
import { TenantName } from "../../domain/kinds/kind-header.ts";
import { isAgentKey } from "../../domain/review/hold.ts";
import { visit } from "../access/visit.ts";
import { AgentSummary, agentSummary } from "../agent-summary.ts";
import { RepoArgument } from "../repository-argument.ts";
import { defineTool, refuseCall } from "../tool.ts";

const MOST = 200;

/** The agents that the caller may see, in the order of their names, a page at a time. */
export const listAgents = defineTool({
  name: "list_agents",
  title: "List agents",
  description:
    "Lists the agents on the default branch that you may see, sorted by tenant/name, a page at a time. Pass nextCursor as cursor for the next page.",
  scope: "raos:read",
  input: z.strictObject({
    repo: RepoArgument,
    tenant: TenantName.optional().describe("Only agents of this tenant"),
    cursor: z.string().max(300).optional().describe("nextCursor of the page before"),
    limit: z.int().min(1).max(MOST).default(50).describe("Most agents of a page"),
  }),
  output: z.strictObject({
    repo: z.string(),
    agents: z.array(AgentSummary),
    nextCursor: z.string().optional(),
  }),
  run: ({ repo, tenant, cursor, limit }, context) =>
    visit(context, repo, async ({ repository, world, read, sight }) => {
      const after = cursor === undefined ? "" : keyOfCursor(cursor);
      if (after === undefined)
        return refuseCall("wrong-cursor", "cursor is none of list_agents; leave it out to start");
      const keys = sight.keysAfter(after, limit + 1, tenant);
      const page = keys.slice(0, limit);
      const last = page.at(-1);
      return {
        kind: "done",
        value: {
          repo: repository,
          agents: page.map((key) => agentSummary(key, world, read)),
          ...(keys.length > limit && last !== undefined ? { nextCursor: Buffer.from(last).toString("base64url") } : {}),
        },
      };
    }),
});

/** The key that a cursor holds: a page goes on after it, also where the agent is gone meanwhile. */
function keyOfCursor(cursor: string): string | undefined {
  const key = Buffer.from(cursor, "base64url").toString("utf8");
  return isAgentKey(key) ? key : undefined;
}
