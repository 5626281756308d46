import * as z from "zod";
import { createFromTemplate } from "../../commands/requests/create-from-template.ts";
import { proposeEdits } from "../../commands/requests/propose-edits.ts";
import { retireAgent } from "../../commands/requests/retire-agent.ts";
import type { AskedInPass } from "../../commands/requests/submit-request.ts";
import { TenantName } from "../../domain/kinds/kind-header.ts";
import { AgentName, type Json } from "../../domain/values/scalars.ts";
import { refuseAsker } from "../access/may-ask.ts";
import { AgentArgument, refuseHidden } from "../access/visible-agent.ts";
import type { Visit } from "../access/visit.ts";
import { EvidenceQuery, readEvidence } from "../evidence/read-evidence.ts";
import { subjectOfCall } from "../evidence/subject-of-call.ts";
import { refuseCall } from "../tool.ts";

const MOST_QUERIES = 8;
const JsonValue: z.ZodType<Json> = z.json();
const Words = z.string().max(4000).default("").describe("Why, in your own words: reviewers read it");

/** A change of values of an agent that is there. */
export const AskedEdits = z.strictObject({
  agent: AgentArgument,
  environment: z
    .string()
    .max(63)
    .optional()
    .describe("Whose values are meant; left out: those of its first environment"),
  edits: z
    .array(
      z.strictObject({
        pointer: z
          .string()
          .max(256)
          .regex(/^\/spec\//, "starts with /spec/"),
        value: JsonValue.optional().describe("The new value; left out: the value is removed"),
        why: z.string().max(1000),
        evidence: z.array(z.string().max(16)).max(MOST_QUERIES).default([]).describe("What it rests on: e1, e2, …"),
      }),
    )
    .min(1)
    .max(32),
  evidence: z
    .array(EvidenceQuery)
    .max(MOST_QUERIES)
    .default([])
    .describe("RAOS reads these again itself; the edits name them as e1, e2, … An agent's edits have to rest on some"),
  words: Words,
});

/** A new agent from a template. */
export const AskedNewAgent = z.strictObject({
  tenant: TenantName,
  name: AgentName,
  template: z.string().max(63),
  parameters: z
    .record(z.string().max(63), z.union([z.string().max(4000), z.number(), z.boolean()]))
    .default({})
    .describe("Values of the template's parameters"),
  description: z.string().max(256).optional(),
});

/** The end of an agent. */
export const AskedEnd = z.strictObject({ agent: AgentArgument, words: Words });

type Asked = { readonly kind: "ask"; readonly ask: AskedInPass } | ReturnType<typeof refuseCall>;

/** Edits as a request, with the evidence that they name read again. Throws GitError or ForgeError. */
export async function askForEdits(here: Visit, asked: z.infer<typeof AskedEdits>): Promise<Asked> {
  const { agent, environment, words } = asked;
  const refused = refuseHidden(here, agent) ?? (await refuseAsker(here));
  if (refused !== undefined) return refused;
  const evidence = await evidenceOf(here, asked);
  if (!Array.isArray(evidence)) return refuseCall("unknown-environment", `${agent} has no such environment`);
  const edits = asked.edits.map(({ pointer, value, why, evidence: ids }) => ({
    at: pointer,
    to: value,
    why,
    evidence: ids,
  }));
  return { kind: "ask", ask: proposeEdits({ from: here.principal, agent, environment, edits, words, evidence }) };
}

async function evidenceOf(here: Visit, { agent, environment, evidence }: z.infer<typeof AskedEdits>) {
  if (evidence.length === 0) return [];
  const { config, facts } = here.read.survey.fleet;
  const where = environment ?? facts.get(agent)?.environments[0] ?? "";
  const subject = await subjectOfCall(here, agent, where);
  if (subject.kind === "refused") return undefined;
  const read = await readEvidence(subject.subject, evidence, here.world.evidenceReader(config, where), here.world.now);
  // What is not there proves nothing.
  return read.filter((one) => one.kind !== "missing");
}

/** A new agent as a request. Throws ForgeError. */
export async function askForAgent(here: Visit, asked: z.infer<typeof AskedNewAgent>): Promise<Asked> {
  const { tenant, name, template, parameters, description } = asked;
  const refused = await refuseAsker(here);
  if (refused !== undefined) return refused;
  const values = new Map(Object.entries(parameters).map(([key, value]) => [key, String(value)]));
  return {
    kind: "ask",
    ask: createFromTemplate({ from: here.principal, tenant, name, template, values, description }),
  };
}

/** The end of an agent as a request. Throws ForgeError. */
export async function askForEnd(here: Visit, { agent, words }: z.infer<typeof AskedEnd>): Promise<Asked> {
  const refused = refuseHidden(here, agent) ?? (await refuseAsker(here));
  return refused ?? { kind: "ask", ask: retireAgent({ from: here.principal, agent, words }) };
}
