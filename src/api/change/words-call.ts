import * as z from "zod";
import { readWords } from "../../causes/request/words/create-in-words.ts";
import { LONGEST_ANSWER, MOST_ANSWERS, type WordedResult } from "../../causes/request/words/worded-request.ts";
import { idOfChange, idOfNewAgent } from "../../causes/request/words/words-id.ts";
import { changeFromWords } from "../../commands/requests/change-from-words.ts";
import { createFromWords } from "../../commands/requests/create-from-words.ts";
import { noteRefusal } from "../../commands/requests/note-refusal.ts";
import { type AskedInPass, askDrafted, draftRequest } from "../../commands/requests/submit-request.ts";
import { tenantOf } from "../../domain/agent-key.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import { redactSecrets } from "../../redaction/redact-secrets.ts";
import { refuseAsker } from "../access/may-ask.ts";
import { refuseHidden } from "../access/visible-agent.ts";
import { type Visit, visit } from "../access/visit.ts";
import type { ToolContext } from "../context.ts";
import { refuseCall, type ToolResult } from "../tool.ts";
import { askerOf } from "./asker-of.ts";
import { refusedImproving } from "./refuse-early.ts";
import { type SubmittedCall, submitCall } from "./submitted-call.ts";

/** The argument by which questions are answered. */
export const Answers = z
  .array(z.string().max(LONGEST_ANSWER))
  .max(MOST_ANSWERS)
  .default([])
  .describe("Answers to the questions of needs-answers; call again with the same words");

/** A request in words, which a model turns into a spec or into edits. */
export type WordsCall =
  | {
      readonly kind: "create";
      readonly words: string;
      readonly answers: readonly string[];
      readonly tenant: string | undefined;
      readonly name: string | undefined;
    }
  | {
      readonly kind: "change";
      readonly words: string;
      readonly answers: readonly string[];
      readonly agent: AgentKey;
      readonly environment: string | undefined;
    };

/**
 * Turns words into a pull request. The model writes while other calls go on; what it wrote is judged again on what the repository is then,
 * so that two requests never both take the last place of a grant. Throws GitError, ForgeError, ToolBusy.
 */
export async function submitWordsCall(
  context: ToolContext,
  repo: string | undefined,
  call: WordsCall,
): Promise<ToolResult<z.infer<typeof SubmittedCall>>> {
  const drafted = await visit(context, repo, (here) => draftWords(here, call, context), "draft");
  if (drafted.kind === "refused") {
    // A draft writes nothing; what it refuses is noted where calls may write.
    await visit(context, repo, async (here) => {
      await noteRefusal(here.world, askerOf(here), drafted);
      return drafted;
    });
  }
  if (drafted.kind !== "done") return drafted;
  // It has begun with the draft.
  return visit(context, repo, (here) => submitCall(here, askDrafted(drafted.value), () => {}));
}

async function draftWords(here: Visit, call: WordsCall, context: ToolContext): Promise<ToolResult<WordedResult>> {
  const hidden = call.kind === "change" ? refuseHidden(here, call.agent) : undefined;
  const refused = hidden ?? (await refuseAsker(here));
  if (refused !== undefined) return refused;
  const beyond = call.kind === "change" ? refusedImproving(here, call.agent) : undefined;
  if (beyond !== undefined) return refuseCall(beyond.reason, beyond.message);
  const request = await idOf(here, call);
  context.begun(request);
  const drafted = await draftRequest(here.world, askOf(here, call));
  switch (drafted.kind) {
    case "questions":
      return { kind: "questions", request, questions: drafted.questions.map(redactSecrets) };
    case "refused":
      return refuseCall(drafted.reason, redactSecrets(drafted.message));
    case "asked":
    case "known":
      return { kind: "done", value: drafted };
    default:
      return drafted satisfies never;
  }
}

function askOf({ principal: from }: Visit, call: WordsCall): AskedInPass {
  return call.kind === "create" ? createFromWords({ from, ...call }) : changeFromWords({ from, ...call });
}

/** The id that the pull request will have. */
async function idOf({ principal: from, read }: Visit, call: WordsCall): Promise<string> {
  const { words } = await readWords(call);
  if (call.kind === "create")
    return idOfNewAgent(from, words, from.kind === "agent" ? tenantOf(from.agent) : call.tenant, call.name);
  return idOfChange(from, words, call.agent, read.survey.fleet.facts.get(call.agent)?.oid, call.environment);
}
