import * as z from "zod";
import { explainedValues, readAgentAt } from "../../commands/answers/explain-values.ts";
import { AgentArgument, refuseHidden } from "../access/visible-agent.ts";
import { visit } from "../access/visit.ts";
import { RepoArgument } from "../repository-argument.ts";
import { defineTool, refuseCall } from "../tool.ts";

const MOST_VALUES = 200;
const LONGEST_VALUE = 4000;

/** Which layer set the values in effect of an agent, and in which file. */
export const explainValue = defineTool({
  name: "explain_value",
  title: "Explain a value",
  description:
    "Says for the values in effect of an agent, at a JSON pointer and below, which layer set them (default, stage, model, template, agent, environment) and in which file.",
  scope: "raos:read",
  input: z.strictObject({
    repo: RepoArgument,
    agent: AgentArgument,
    pointer: z
      .string()
      .max(200)
      .regex(/^\/spec(\/|$)/, "starts with /spec")
      .default("/spec")
      .describe("Such as /spec/scaling"),
  }),
  output: z.strictObject({
    values: z.array(
      z.strictObject({
        environment: z.string(),
        pointer: z.string(),
        value: z.string().describe("As JSON text"),
        origin: z.string(),
        file: z.string().optional(),
      }),
    ),
    isCut: z.boolean().describe("Whether there are more values: ask for a part of the spec"),
  }),
  run: ({ repo, agent, pointer }, context) =>
    visit(context, repo, async (here) => {
      const hidden = refuseHidden(here, agent);
      if (hidden !== undefined) return hidden;
      const { world, read } = here;
      const { survey, commit } = read;
      const found = await readAgentAt({ view: commit, survey, store: world.store }, agent);
      if (found === undefined)
        return refuseCall("spec-has-problems", `the file of ${agent} has Problems; get_agent lists them`);
      const values = explainedValues(found, survey, pointer);
      return {
        kind: "done",
        value: {
          values: values.slice(0, MOST_VALUES).map(({ environment, pointer: at, text, origin, file }) => ({
            ...{ environment, pointer: at, value: text.slice(0, LONGEST_VALUE), origin },
            ...(file === undefined ? {} : { file }),
          })),
          isCut: values.length > MOST_VALUES,
        },
      };
    }),
});
