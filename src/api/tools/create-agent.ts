import * as z from "zod";
import { visit } from "../access/visit.ts";
import { AskedNewAgent, askForAgent } from "../change/asked-change.ts";
import { SubmittedCall, submitCall } from "../change/submitted-call.ts";
import { RepoArgument } from "../repository-argument.ts";
import { defineTool } from "../tool.ts";

/** Asks for a new agent. */
export const createAgent = defineTool({
  name: "create_agent",
  title: "Create an agent",
  description:
    "Asks for a new agent from a template, as a pull request with its spec and everything generated from it. It is deployed once people or policies accept that.",
  scope: "raos:write",
  input: z.strictObject({ repo: RepoArgument, ...AskedNewAgent.shape }),
  output: SubmittedCall,
  run: ({ repo, ...asked }, context) =>
    visit(context, repo, async (here) => {
      const made = await askForAgent(here, asked);
      return made.kind === "refused" ? made : submitCall(here, made.ask);
    }),
});
