import * as z from "zod";
import { tenantOf } from "../../domain/agent-key.ts";
import { causeOf } from "../../domain/branch-name.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import { reasonOfReport } from "../../domain/rollout/report.ts";
import { readRolloutText } from "../../pr/rollout/rollout-text.ts";
import { rememberFor } from "../access/remember.ts";
import { AgentArgument } from "../access/visible-agent.ts";
import { type Visit, visit } from "../access/visit.ts";
import { agentsOfPull } from "../agents-of-pull.ts";
import { RepoArgument } from "../repository-argument.ts";
import { defineTool } from "../tool.ts";

const MOST = 100;
/** Milliseconds for which the forge is not asked again. */
const FRESH = 5000;
const MONTH = 31 * 86_400_000;

const lists = rememberFor<readonly PullRequest[]>(FRESH);

export const PullSummary = z.strictObject({
  number: z.int(),
  url: z.string(),
  title: z.string(),
  branch: z.string(),
  state: z.enum(["open", "closed", "merged"]),
  cause: z.string().describe("Why RAOS opened it"),
  agents: z.array(z.string()),
  createdAt: z.string(),
  endedAt: z.string().optional(),
  rollout: z
    .string()
    .optional()
    .describe("What became of it after the merge: rolling-out, verifying, verified, worse, cannot-tell or replaced"),
});

/** RAOS's pull requests, open ones and those of the last month, newest first. */
export const listPullRequests = defineTool({
  name: "list_pull_requests",
  title: "List pull requests",
  description:
    "Lists RAOS's pull requests about agents that you may see, newest first: the open ones, and with state=all those of the last month, with what became of them after the merge.",
  scope: "raos:read",
  input: z.strictObject({
    repo: RepoArgument,
    agent: AgentArgument.optional(),
    state: z.enum(["open", "all"]).default("open"),
  }),
  output: z.strictObject({ pullRequests: z.array(PullSummary), isCut: z.boolean() }),
  run: ({ repo, agent, state }, context) =>
    visit(context, repo, async (here) => {
      const pulls = (await readPulls(here, state)).filter((pull) => isAbout(pull, here, agent));
      const sorted = pulls.toSorted((a, b) => b.number - a.number);
      return {
        kind: "done",
        value: { pullRequests: sorted.slice(0, MOST).map(pullSummary), isCut: sorted.length > MOST },
      };
    }),
});

async function readPulls({ world }: Visit, state: "open" | "all"): Promise<readonly PullRequest[]> {
  return lists.read(world, state, async () => {
    const { pulls } = await world.forge.pullRequests([]);
    const open = pulls.filter((pull) => pull.state === "open");
    const recent = state === "open" ? [] : ((await world.forge.recentPulls(world.now() - MONTH)) ?? []);
    const known = new Set(open.map(({ number }) => number));
    return [...open, ...recent.filter(({ number }) => !known.has(number))];
  });
}

/** Whether the caller may see all that a pull request is about; people see those about nothing in particular too. */
function isAbout(pull: PullRequest, { sight, principal }: Visit, agent: string | undefined): boolean {
  const agents = agentsOfPull(pull);
  if (agent !== undefined && !agents.some((key) => key === agent || key === `${tenantOf(agent)}/*`)) return false;
  return principal.kind === "person" || (agents.length > 0 && agents.every((key) => sight.sees(key)));
}

/** A pull request as callers see it. */
export function pullSummary(pull: PullRequest): z.infer<typeof PullSummary> {
  const report = pull.rollout === undefined ? undefined : readRolloutText(pull.rollout);
  const { number, url, title, branch, state, createdAt, endedAt } = pull;
  return {
    ...{ number, url, title, branch, state },
    cause: causeOf(branch)?.kind ?? "request",
    agents: [...agentsOfPull(pull)].slice(0, MOST),
    createdAt: new Date(createdAt).toISOString(),
    ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt).toISOString() }),
    ...(report === undefined ? {} : { rollout: reasonOfReport(report) }),
  };
}
