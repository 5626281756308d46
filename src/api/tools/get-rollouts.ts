import * as z from "zod";
import { readStatus } from "../../pass/status/read-status.ts";
import { statusRows } from "../../pass/status/status-rows.ts";
import { AgentArgument, refuseHidden } from "../access/visible-agent.ts";
import { visit } from "../access/visit.ts";
import { RepoArgument } from "../repository-argument.ts";
import { defineTool, refuseCall } from "../tool.ts";

const MOST = 200;

/** How far what the default branch wants of agents has come in the clusters. */
export const getRollouts = defineTool({
  name: "get_rollouts",
  title: "Get roll-outs",
  description:
    "Says for agents that you may see, in each environment, what is wanted and what runs: pending, rolling, running, failed, rolled-back, held-up or unknown, and why. What cannot be read is unknown, never guessed.",
  scope: "raos:read",
  input: z.strictObject({
    repo: RepoArgument,
    agent: AgentArgument.optional().describe("Only this agent; needed in a fleet of more than 200"),
    environment: z.string().max(63).optional(),
  }),
  output: z.strictObject({
    rollouts: z.array(
      z.strictObject({
        agent: z.string(),
        environment: z.string(),
        phase: z.string(),
        reason: z.string().optional(),
        since: z.string().optional(),
        wanted: z.strictObject({ digest: z.string(), commit: z.string() }),
        running: z.strictObject({ digest: z.string() }).optional(),
      }),
    ),
    unreadClusters: z.array(z.strictObject({ environment: z.string(), words: z.string() })),
    isCut: z.boolean(),
  }),
  run: ({ repo, agent, environment }, context) =>
    visit(context, repo, async (here) => {
      const hidden = agent === undefined ? undefined : refuseHidden(here, agent);
      if (hidden !== undefined) return hidden;
      const status = await readStatus(here.world, { agent, environment });
      if (status.kind !== "read") return refuseCall("repository-unreadable", "the default branch cannot be read");
      const rows = statusRows(status.rollouts).filter((row) => here.sight.sees(row.agent));
      return {
        kind: "done",
        value: {
          rollouts: rows
            .slice(0, MOST)
            .map(({ agent: key, environment: where, phase, reason, since, wanted, running }) => ({
              ...{ agent: key, environment: where, phase, wanted },
              ...(reason === undefined ? {} : { reason }),
              ...(since === undefined ? {} : { since }),
              ...(running === undefined ? {} : { running }),
            })),
          unreadClusters: status.unread
            .slice(0, MOST)
            .map(({ environment: where, words }) => ({ environment: where, words })),
          isCut: rows.length > MOST,
        },
      };
    }),
});
