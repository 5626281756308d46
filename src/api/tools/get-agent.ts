import * as z from "zod";
import { readAgentAt } from "../../commands/answers/explain-values.ts";
import { redactSecrets } from "../../redaction/redact-secrets.ts";
import { AgentArgument, refuseHidden } from "../access/visible-agent.ts";
import { visit } from "../access/visit.ts";
import { AgentSummary, agentSummary } from "../agent-summary.ts";
import { RepoArgument } from "../repository-argument.ts";
import { defineTool } from "../tool.ts";

/** Characters of a spec in effect that are returned. */
const LONGEST_SPEC = 64_000;
const MOST = 100;

/** One agent: what it is, who calls it, its Problems, and its spec in effect in each environment. */
export const getAgent = defineTool({
  name: "get_agent",
  title: "Get an agent",
  description:
    "Reads one agent: its spec in effect in each environment, with secrets masked, who calls it, and the Problems of its file.",
  scope: "raos:read",
  input: z.strictObject({ repo: RepoArgument, agent: AgentArgument }),
  output: z.strictObject({
    ...AgentSummary.shape,
    callers: z.array(z.string()),
    problems: z.array(z.strictObject({ file: z.string(), line: z.int(), pointer: z.string(), message: z.string() })),
    environmentSpecs: z
      .array(z.strictObject({ environment: z.string(), spec: z.string() }))
      .describe("The spec in effect as JSON text; longer ones are cut"),
  }),
  run: ({ repo, agent }, context) =>
    visit(context, repo, async (here) => {
      const hidden = refuseHidden(here, agent);
      if (hidden !== undefined) return hidden;
      const { world, read, sight } = here;
      const { survey, commit } = read;
      const found = await readAgentAt({ view: commit, survey, store: world.store }, agent);
      const problems = survey.problems.find(({ key }) => key === agent)?.problems ?? [];
      return {
        kind: "done",
        value: {
          ...agentSummary(agent, world, read),
          callers: (survey.fleet.callers.get(agent) ?? []).filter((key) => sight.sees(key)).slice(0, MOST),
          problems: problems
            .slice(0, MOST)
            .map(({ file, line, pointer, message }) => ({ file, line, pointer, message: redactSecrets(message) })),
          environmentSpecs: [...(found?.environments ?? [])].map(([environment, { spec }]) => ({
            environment,
            spec: redactSecrets(JSON.stringify(spec)).slice(0, LONGEST_SPEC),
          })),
        },
      };
    }),
});
