import { tenantOf } from "../../../domain/agent-key.ts";
import { redactJson } from "../../../observe/redact.ts";
import type { Pass } from "../../../pass/pass.ts";
import { changedAgentSchema } from "../../../request/language/draft-schema.ts";
import { readQuietSubject } from "../../alert/evidence/subject.ts";
import { checkChange } from "./check-change.ts";
import { readWords } from "./create-in-words.ts";
import { knownRequest } from "./known-request.ts";
import { gatherOffer } from "./offer.ts";
import type { ChangeRequest, WordedResult } from "./worded-request.ts";
import { idOfChange } from "./words-id.ts";
import { writeRequest } from "./write-request.ts";

/** The edits of an agent's spec that somebody asks for in words, as a model writes them. Throws GitError or ForgeError. */
export async function changeInWords(pass: Pass, asked: ChangeRequest): Promise<WordedResult> {
  const { from, agent, environment } = asked;
  const { words, answers } = await readWords(asked);
  if (words === "") return { kind: "refused", reason: "no-words", message: "say what is to change" };
  const facts = pass.survey.fleet.facts.get(agent);
  const environments = facts?.environments ?? [];
  if (environment !== undefined && !environments.includes(environment)) {
    const message = `${agent} is not in ${environment}; it is in: ${environments.join(", ")}`;
    return { kind: "refused", reason: "unknown-environment", message };
  }
  const id = idOfChange(from, words, agent, facts?.oid, environment);
  const known = await knownRequest(pass, id);
  if (known !== undefined) return known;
  const subject = await readQuietSubject(pass, agent, environment ?? environments[0] ?? "");
  if (subject === undefined) {
    const message = `the spec of ${agent} has Problems; mend them first (raos validate)`;
    return { kind: "refused", reason: "spec-has-problems", message };
  }
  const offer = await gatherOffer(pass, `${words} ${answers.join(" ")}`, tenantOf(agent));
  const { Templates: _, Tenants: __, ...parts } = offer.parts;
  const offered = {
    Agent: agent,
    [`Its spec in effect, in ${subject.environment}`]: await redactJson(subject.spec),
    "What environments say otherwise": await redactJson(
      JSON.parse(JSON.stringify(Object.fromEntries(subject.agent.overlays))),
    ),
    ...parts,
  };
  const mayAsk = answers.length === 0;
  return writeRequest(
    pass,
    { wants: "change", schema: changedAgentSchema(environments), words, answers, mayAsk, offered },
    (answer) => checkChange(pass, { ...asked, id, words, answers }, offer, answer),
  );
}
