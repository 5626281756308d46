import { readQuietSubject, type Subject } from "../../causes/alert/evidence/subject.ts";
import { boundAgentsEdits } from "../../causes/request/bound-agents-edits.ts";
import type { Evidence } from "../../domain/alert/evidence.ts";
import type { WantedEdit } from "../../domain/alert/incident.ts";
import type { Edit } from "../../domain/change-set.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { Principal } from "../../domain/request/principal.ts";
import type { Json, JsonPointer } from "../../domain/values/scalars.ts";
import type { Pass } from "../../pass/pass.ts";
import { measuredValues } from "../../pr/request/measured.ts";
import { redactSecrets } from "../../redaction/redact-secrets.ts";
import { toFileEdits } from "../../remedy/file-edits.ts";
import { requestId } from "../../request/request-id.ts";
import { nearest } from "../../spec/problems/nearest.ts";
import type { RequestRefusal } from "./request-refusal.ts";
import type { AskedInPass } from "./submit-request.ts";

/** A change of a value in effect; `to` undefined: the value is removed. `evidence`: ids of what it rests on. */
export interface AskedEdit {
  readonly at: JsonPointer;
  readonly to: Json | undefined;
  readonly why: string;
  readonly evidence: readonly string[];
}

/** A change of an agent that is there, value by value. */
export interface EditsRequest {
  readonly from: Principal;
  readonly agent: AgentKey;
  /** The environment whose values in effect are meant; left out: the first, which shares what its overlay does not set. */
  readonly environment: string | undefined;
  readonly edits: readonly AskedEdit[];
  readonly words: string;
  /** What was read about the agent: an agent's edits have to rest on some of it. */
  readonly evidence: readonly Evidence[];
}

const MOST_EDITS = 32;

/** Asks for edits of an agent. What an agent asks for is bounded as what a model proposes; a person's is judged as any pull request. */
export function proposeEdits(asked: EditsRequest): AskedInPass {
  return async (pass) => {
    if (asked.edits.length === 0 || asked.edits.length > MOST_EDITS)
      return refuse("wrong-edits", `name between 1 and ${MOST_EDITS} edits`);
    const subject = await subjectOf(pass, asked);
    if ("reason" in subject) return subject;
    const wanted = asked.edits.map((edit) => wantedOf(edit, asked.agent));
    const made = await fileEditsOf(pass, subject, wanted, asked);
    if ("reason" in made) return made;
    const { from, agent, words } = asked;
    const id = requestId(from, ["change", agent, JSON.stringify(made.map(({ why: _, ...edit }) => edit))]);
    const cited = new Set(asked.edits.flatMap((edit) => edit.evidence));
    const evidence = asked.evidence
      .filter(({ id: own }) => cited.has(own))
      .map((one) => ({ ...one, query: redactSecrets(one.query) }));
    const measured =
      evidence.length === 0 ? {} : { measured: { at: pass.world.now(), values: measuredValues(evidence) } };
    const about = { id, wants: "change", agent, from } as const;
    const request = { ...about, words: redactSecrets(words), assumptions: [], ...measured };
    return { kind: "asked", edits: made, requested: { request, written: [] } };
  };
}

/** An agent that is named by somebody outside, as it is in one of its environments; or why it cannot be changed. */
async function subjectOf(pass: Pass, { agent, environment }: EditsRequest): Promise<Subject | RequestRefusal> {
  if (pass.survey.pathOf(agent) === undefined) return refuseUnknown(pass, agent);
  const { environments = [] } = pass.survey.fleet.facts.get(agent) ?? {};
  const [first = ""] = environments;
  if (environment !== undefined && !environments.includes(environment))
    return refuse("unknown-environment", `${agent} is not in ${environment}; it is in: ${environments.join(", ")}`);
  const subject = await readQuietSubject(pass, agent, environment ?? first);
  return subject ?? refuse("spec-has-problems", `the spec of ${agent} has Problems; mend them first (raos validate)`);
}

/** Says that there is no agent of this name, and which one may be meant. */
export function refuseUnknown({ world }: Pass, agent: AgentKey): RequestRefusal {
  const meant = nearest(agent, world.store.agents.keys());
  return refuse("unknown-agent", `there is no agent ${agent}${meant === undefined ? "" : `; did you mean ${meant}?`}`);
}

async function fileEditsOf(
  pass: Pass,
  subject: Subject,
  wanted: readonly WantedEdit[],
  { from, evidence, edits: asked }: EditsRequest,
): Promise<readonly Edit[] | RequestRefusal> {
  if (from.kind === "agent") {
    const { edits, dropped } = await boundAgentsEdits(pass, subject, wanted, evidence);
    const [first] = dropped;
    // All or nothing: half of a change may be worse than none.
    return first === undefined ? edits : refuse(first.reason, `${first.at}: ${first.message}`);
  }
  const edits = toFileEdits([subject], wanted).map((edit): Edit => ({ ...edit, by: "person" }));
  const missing = asked.find(
    ({ at }) =>
      toFileEdits(
        [subject],
        wanted.filter((one) => one.at === at),
      ).length === 0,
  );
  return missing === undefined
    ? edits
    : refuse("invalid", `${missing.at} is no value of ${subject.agent.key} that can be changed so`);
}

function wantedOf({ at, to, why, evidence }: AskedEdit, agent: AgentKey): WantedEdit {
  const kind = to === undefined ? "remove" : "set";
  return { kind, agent, at, from: undefined, to, why: redactSecrets(why), by: "model", evidence };
}

function refuse(reason: string, message: string): RequestRefusal {
  return { kind: "refused", reason, message };
}
