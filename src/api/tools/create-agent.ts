import * as z from "zod";
import { visit } from "../access/visit.ts";
import { AskedNewAgent, askForAgent } from "../change/asked-change.ts";
import { refuseCreation } from "../change/refuse-early.ts";
import { SubmittedCall, submitCall } from "../change/submitted-call.ts";
import { Answers, submitWordsCall } from "../change/words-call.ts";
import { RepoArgument } from "../repository-argument.ts";
import { defineTool, refuseCall } from "../tool.ts";

const { tenant, name, template, ...rest } = AskedNewAgent.shape;

/** Asks for a new agent. */
export const createAgent = defineTool({
  name: "create_agent",
  title: "Create an agent",
  description:
    "Asks for a new agent, from a template (tenant, name, template, parameters) or in words, as a pull request with its spec and everything generated from it. It is deployed once people or policies accept that. Words may lead to questions first.",
  scope: "raos:write",
  input: z.strictObject({
    repo: RepoArgument,
    tenant: tenant.optional().describe("Needed with a template"),
    name: name.optional().describe("Needed with a template"),
    template: template.optional().describe("Left out: the words say what is wanted"),
    ...rest,
    words: z.string().max(4000).default("").describe("What the agent is to do; a model turns it into a spec"),
    answers: Answers,
  }),
  output: SubmittedCall,
  run: async ({ repo, words, answers, ...asked }, context) => {
    if (asked.template === undefined)
      return words === ""
        ? refuseCall("wrong-arguments", "say what the agent is to do in words, or name a template")
        : submitWordsCall(context, repo, { kind: "create", words, answers, tenant: asked.tenant, name: asked.name });
    const whole = AskedNewAgent.safeParse(asked);
    if (!whole.success) return refuseCall("wrong-arguments", z.prettifyError(whole.error).slice(0, 1000));
    return visit(context, repo, async (here) => {
      const refused = await refuseCreation(here, whole.data);
      if (refused !== undefined) return refused;
      const made = await askForAgent(here, whole.data);
      return made.kind === "refused" ? made : submitCall(here, made.ask, context.begun);
    });
  },
});
