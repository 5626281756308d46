import * as z from "zod";
import { visit } from "../access/visit.ts";
import { AskedEnd, askForEnd } from "../change/asked-change.ts";
import { refuseRetiring } from "../change/refuse-early.ts";
import { SubmittedCall, submitCall } from "../change/submitted-call.ts";
import { RepoArgument } from "../repository-argument.ts";
import { defineTool } from "../tool.ts";

/** Asks for the end of an agent. */
export const retireAgentTool = defineTool({
  name: "retire_agent",
  title: "Retire an agent",
  description:
    "Asks to remove an agent: a pull request that deletes its spec and everything generated from it, which a person has to review.",
  scope: "raos:write",
  isDestructive: true,
  input: z.strictObject({ repo: RepoArgument, ...AskedEnd.shape }),
  output: SubmittedCall,
  run: ({ repo, ...asked }, context) =>
    visit(context, repo, async (here) => {
      const refused = await refuseRetiring(here, asked.agent);
      if (refused !== undefined) return refused;
      const made = await askForEnd(here, asked);
      return made.kind === "refused" ? made : submitCall(here, made.ask, context.begun);
    }),
});
