import { tenantOf } from "../../../domain/agent-key.ts";
import type { AgentKey } from "../../../domain/fleet.ts";
import { redact } from "../../../observe/redact.ts";
import { lineageOfRequest } from "../../../pass/grants/lineage-of-request.ts";
import { refuseBeforeDraft } from "../../../pass/grants/refuse-before-draft.ts";
import type { Pass } from "../../../pass/pass.ts";
import { newAgentSchema } from "../../../request/language/draft-schema.ts";
import { checkNewAgent, type NewAgentRequest } from "./check-new-agent.ts";
import { knownRequest } from "./known-request.ts";
import { gatherOffer } from "./offer.ts";
import { LONGEST_ANSWER, LONGEST_WORDS, MOST_ANSWERS, type WordedResult } from "./worded-request.ts";
import { idOfNewAgent } from "./words-id.ts";
import { writeRequest } from "./write-request.ts";

/**
 * The new agent that somebody asks for in words, as a model writes it: from a template where one fits. Secrets in the words are masked
 * before anybody reads them. Throws GitError or ForgeError.
 */
export async function createInWords(pass: Pass, asked: NewAgentRequest): Promise<WordedResult> {
  const { from, name } = asked;
  const tenant = from.kind === "agent" ? tenantOf(from.agent) : asked.tenant;
  const { words, answers } = await readWords(asked);
  if (words === "") return { kind: "refused", reason: "no-words", message: "say what the agent is to do" };
  const { tenants } = pass.survey.fleet;
  if (tenant !== undefined && !tenants.has(tenant))
    return {
      kind: "refused",
      reason: "unknown-tenant",
      message: `there is no tenant ${tenant}; there are: ${[...tenants.keys()].slice(0, 20).join(", ") || "none"}`,
    };
  const id = idOfNewAgent(from, words, tenant, name);
  const known = await knownRequest(pass, id);
  if (known !== undefined) return known;
  // Without a grant, or without a place in it, no model is asked.
  const lineage = lineageOfRequest(pass, from, id);
  if (lineage.kind === "refused") return lineage;
  const beyond = lineage.lineage === undefined ? [] : await refuseBeforeDraft(pass, id, lineage.lineage);
  const [first] = beyond;
  if (first !== undefined)
    return { kind: "refused", reason: first.reason, message: beyond.map(({ message }) => message).join("; ") };
  const offer = await gatherOffer(pass, `${words} ${answers.join(" ")}`, tenant);
  const { annotations } = lineage;
  const wanted = { ...asked, id, tenant, words, answers, annotations };
  return writeRequest(
    pass,
    {
      ...{ wants: "create", schema: newAgentSchema(offer), words, answers, mayAsk: answers.length === 0 },
      offered: {
        ...offer.parts,
        ...(from.kind === "person" ? {} : { "What the agent that asks may ask for": grantOf(pass, from.agent) }),
        ...(name === undefined ? {} : { "Name of the agent": name }),
      },
    },
    (answer) => checkNewAgent(pass, wanted, offer, answer),
  );
}

function grantOf({ survey }: Pass, agent: AgentKey) {
  return survey.fleet.facts.get(agent)?.grant?.createAgents ?? null;
}

/** Words and answers without secrets, and not too long. */
export async function readWords(asked: Pick<NewAgentRequest, "words" | "answers">) {
  const masked = async (text: string, longest: number) =>
    (await redact(text.slice(0, longest))).trim().slice(0, longest).toWellFormed();
  return {
    words: await masked(asked.words, LONGEST_WORDS),
    answers: await Promise.all(asked.answers.slice(0, MOST_ANSWERS).map((one) => masked(one, LONGEST_ANSWER))),
  };
}
