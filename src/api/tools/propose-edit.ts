import * as z from "zod";
import { visit } from "../access/visit.ts";
import { AskedEdits, askForEdits } from "../change/asked-change.ts";
import { refuseImproving } from "../change/refuse-early.ts";
import { SubmittedCall, submitCall } from "../change/submitted-call.ts";
import { Answers, submitWordsCall } from "../change/words-call.ts";
import { RepoArgument } from "../repository-argument.ts";
import { defineTool, refuseCall } from "../tool.ts";

/** Asks for edits of an agent's spec. */
export const proposeEdit = defineTool({
  name: "propose_edit",
  title: "Propose an edit",
  description:
    "Asks for changes of values of one agent's spec, value by value (edits) or in words alone, as a pull request with everything generated from it. The same edits or words again are the same pull request. An agent's edits are bounded as those of any model: below supervision.allowedPaths, and resting on evidence. Words may lead to questions first.",
  scope: "raos:write",
  input: z.strictObject({
    repo: RepoArgument,
    ...AskedEdits.shape,
    edits: AskedEdits.shape.edits.optional().describe("Left out: the words say what is to change"),
    words: z.string().max(4000).default("").describe("Why, where there are edits; else what is to change"),
    answers: Answers,
  }),
  output: SubmittedCall,
  run: async ({ repo, answers, edits, ...asked }, context) => {
    const { agent, environment, words } = asked;
    if (edits === undefined)
      return words === ""
        ? refuseCall("wrong-arguments", "say what is to change in words, or in edits")
        : submitWordsCall(context, repo, { kind: "change", words, answers, agent, environment });
    return visit(context, repo, async (here) => {
      const refused = await refuseImproving(here, agent);
      if (refused !== undefined) return refused;
      const made = await askForEdits(here, { ...asked, edits });
      return made.kind === "refused" ? made : submitCall(here, made.ask, context.begun);
    });
  },
});
