import * as z from "zod";
import { visit } from "../access/visit.ts";
import { AskedEdits, askForEdits } from "../change/asked-change.ts";
import { SubmittedCall, submitCall } from "../change/submitted-call.ts";
import { RepoArgument } from "../repository-argument.ts";
import { defineTool } from "../tool.ts";

/** Asks for edits of an agent's spec. */
export const proposeEdit = defineTool({
  name: "propose_edit",
  title: "Propose an edit",
  description:
    "Asks for changes of values of one agent's spec, as a pull request with everything generated from it. The same edits again are the same pull request. An agent's edits are bounded as those of any model: below supervision.allowedPaths, and resting on evidence.",
  scope: "raos:write",
  input: z.strictObject({ repo: RepoArgument, ...AskedEdits.shape }),
  output: SubmittedCall,
  run: ({ repo, ...asked }, context) =>
    visit(context, repo, async (here) => {
      const made = await askForEdits(here, asked);
      return made.kind === "refused" ? made : submitCall(here, made.ask);
    }),
});
