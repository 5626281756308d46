import type { WantedEdit } from "../../../domain/alert/incident.ts";
import type { Edit } from "../../../domain/change-set.ts";
import type { AgentRequest } from "../../../domain/request/agent-request.ts";
import { redact } from "../../../observe/redact.ts";
import type { Pass } from "../../../pass/pass.ts";
import { toFileEdits } from "../../../remedy/file-edits.ts";
import { changedLeftOut } from "../../../request/language/left-out.ts";
import { inventedNames, nameKey, outsideNames } from "../../../request/language/names.ts";
import { type ChangeDraft, readChangeDraft } from "../../../request/language/read-draft.ts";
import { tryEdits } from "../../../spec/edit/edit.ts";
import { isMap, valueAt } from "../../../spec/values.ts";
import { readYaml } from "../../../spec/yaml/read-yaml.ts";
import { readQuietSubject, type Subject } from "../../alert/evidence/subject.ts";
import { boundAgentsEdits } from "../bound-agents-edits.ts";
import { judgeDraft } from "./judge-draft.ts";
import type { Offer } from "./offer.ts";
import type { ChangeRequest } from "./worded-request.ts";
import type { CheckedDraft } from "./write-request.ts";

/** Reads, compiles and judges a draft of a change. What words may not set, and names that nobody gave, are mistakes. Throws GitError. */
export async function checkChange(
  pass: Pass,
  asked: ChangeRequest & { readonly id: string },
  offer: Offer,
  answer: unknown,
): Promise<CheckedDraft> {
  const draft = readChangeDraft(answer);
  if (draft.kind === "unreadable") return { kind: "mistakes", mistakes: [draft.mistake] };
  if (draft.kind !== "draft") return draft;
  const [first = ""] = pass.survey.fleet.facts.get(asked.agent)?.environments ?? [];
  const subject = await readQuietSubject(pass, asked.agent, asked.environment ?? draft.environment ?? first);
  if (subject === undefined)
    return { kind: "mistakes", mistakes: [`${asked.agent} is not in ${draft.environment}; name one that it is in`] };
  const made = await fileEditsOf(pass, subject, asked, draft);
  if (made.mistakes.length > 0) return { kind: "mistakes", mistakes: made.mistakes };
  const mistakes = await forbiddenIn(pass, subject, made.edits, asked, offer);
  if (mistakes.length > 0) return { kind: "mistakes", mistakes };
  const request: AgentRequest = {
    ...{ id: asked.id, wants: "change", agent: asked.agent, from: asked.from, words: asked.words },
    assumptions: await Promise.all(draft.assumptions.map((one) => redact(one))),
  };
  return judgeDraft(pass, { requested: { request, written: [] }, edits: made.edits });
}

interface MadeEdits {
  readonly edits: readonly Edit[];
  readonly mistakes: readonly string[];
}

/** The edits of the file. Those that an agent asks for keep the bounds of any model's. */
async function fileEditsOf(
  pass: Pass,
  subject: Subject,
  { from, agent }: ChangeRequest,
  draft: ChangeDraft,
): Promise<MadeEdits> {
  if (draft.edits.length === 0) return { edits: [], mistakes: ["there is no edit; where nothing can be done, refuse"] };
  const wanted = await Promise.all(
    draft.edits.map(async ({ at, to, why }): Promise<WantedEdit> => {
      const kind = to === undefined ? "remove" : "set";
      return { kind, agent, at, from: undefined, to, why: await redact(why), by: "model", evidence: [] };
    }),
  );
  if (from.kind === "agent") {
    const { edits, dropped } = await boundAgentsEdits(pass, subject, wanted, []);
    return { edits, mistakes: dropped.map(({ at, message }) => `${at}: ${message}`) };
  }
  const missing = wanted.filter((edit) => !edit.at.startsWith("/spec/") || toFileEdits([subject], [edit]).length === 0);
  return {
    // The words are the person's, who also reviews them.
    edits: toFileEdits([subject], wanted).map((edit): Edit => ({ ...edit, by: "person" })),
    mistakes: missing.map(({ at }) => `${at} is no value of ${agent} that can be changed so`),
  };
}

/** What the edited file says that words may not set, or that names what nobody gave. */
async function forbiddenIn(
  { commit }: Pass,
  { agent }: Subject,
  edits: readonly Edit[],
  asked: ChangeRequest,
  offer: Offer,
): Promise<readonly string[]> {
  const snapshot = await commit.slice([agent.path]);
  const before = snapshot.read(agent.path);
  const { text, refused } = tryEdits(Buffer.from(before).toString("utf8"), edits);
  if (refused.length > 0) return refused.map(({ edit, message }) => `${edit.at}: ${message}`);
  const [was, is] = [layersIn(before), layersIn(Buffer.from(text))];
  const leftOut = [...new Set([...was.keys(), ...is.keys()])].flatMap((name) =>
    changedLeftOut(was.get(name), is.get(name)),
  );
  const known = [...was.values()].flatMap((layer) => outsideNames(layer)).map((one) => nameKey(one.kind, one.text));
  const words = asked.from.kind === "person" ? [asked.words, ...asked.answers].join("\n") : undefined;
  const fleet = new Set([...known, ...offer.namesOf(agent.tenant)]);
  const names = [...is.values()].flatMap((layer) => outsideNames(layer));
  return [...new Set(leftOut), ...inventedNames(names, { fleet, words })];
}

/** A file's own spec, under "", and what it says for each environment. */
function layersIn(bytes: Uint8Array): ReadonlyMap<string, unknown> {
  const spec = valueAt(readYaml("", bytes).documents[0]?.value, ["spec"]);
  const overlays = valueAt(spec, ["environments"]);
  if (!isMap(spec)) return new Map();
  const { environments: _, ...own } = spec;
  return new Map<string, unknown>([["", own], ...(isMap(overlays) ? Object.entries(overlays) : [])]);
}
