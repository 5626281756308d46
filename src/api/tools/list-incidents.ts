import * as z from "zod";
import type { Issue } from "../../domain/alert/incident.ts";
import { causeOf } from "../../domain/branch-name.ts";
import { heldAgent } from "../../domain/review/hold.ts";
import { redactSecrets } from "../../redaction/redact-secrets.ts";
import { rememberFor } from "../access/remember.ts";
import { AgentArgument } from "../access/visible-agent.ts";
import { visit } from "../access/visit.ts";
import { RepoArgument } from "../repository-argument.ts";
import { defineTool } from "../tool.ts";

const MOST = 100;
const FRESH = 5000;
const lists = rememberFor<readonly Issue[]>(FRESH);

const IncidentSummary = z.strictObject({
  number: z.int(),
  url: z.string(),
  title: z.string(),
  kind: z.enum(["incident", "hold"]),
  agent: z.string(),
  environment: z.string().optional(),
  remedy: z.string().optional(),
  state: z.enum(["open", "closed"]),
  createdAt: z.string(),
  endedAt: z.string().optional(),
});

/** RAOS's issues about agents: incidents for which there is no pull request, and holds. */
export const listIncidents = defineTool({
  name: "list_incidents",
  title: "List incidents",
  description:
    "Lists RAOS's issues about agents that you may see, newest first: alerts to which no pull request is the answer, and holds. Pull requests that answer an alert are in list_pull_requests, with the cause alert.",
  scope: "raos:read",
  input: z.strictObject({
    repo: RepoArgument,
    agent: AgentArgument.optional(),
    state: z.enum(["open", "all"]).default("open"),
  }),
  output: z.strictObject({
    incidents: z.array(IncidentSummary),
    isCut: z.boolean(),
  }),
  run: ({ repo, agent, state }, context) =>
    visit(context, repo, async ({ world, sight }) => {
      const issues = await lists.read(world, "", async () => (await world.forge.issues()).issues);
      const found = issues
        .filter((issue) => state === "all" || issue.state === "open")
        .flatMap((issue) => incidentOf(issue))
        .filter((one) => sight.sees(one.agent) && (agent ?? one.agent) === one.agent)
        .toSorted((a, b) => b.number - a.number);
      return { kind: "done", value: { incidents: found.slice(0, MOST), isCut: found.length > MOST } };
    }),
});

function incidentOf(issue: Issue): readonly z.infer<typeof IncidentSummary>[] {
  const cause = causeOf(issue.key);
  const held = heldAgent(issue.key);
  const { number, url, state, createdAt, endedAt } = issue;
  const base = {
    ...{ number, url, state },
    title: redactSecrets(issue.title),
    createdAt: new Date(createdAt).toISOString(),
    ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt).toISOString() }),
  };
  if (held !== undefined) return [{ ...base, kind: "hold", agent: held }];
  if (cause?.kind !== "alert") return [];
  const { agent, environment, remedy } = cause;
  return [{ ...base, kind: "incident", agent, environment, remedy }];
}
