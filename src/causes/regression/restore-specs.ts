import type { Edit, Editor } from "../../domain/change-set.ts";
import { parseDeployPath } from "../../domain/deployed/deploy-path.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { JsonPointer, Path } from "../../domain/values/scalars.ts";
import type { Pass } from "../../pass/pass.ts";
import { restoringEdits } from "../../spec/edit/restoring-edits.ts";
import { changedEnvironments, earlierDeployment, type MergedChange } from "./merged-change.ts";

/** Who asks to take a change back, and why. */
export interface AskedBy {
  readonly by: Editor;
  readonly why: string;
}

/** The edits that set back what a merge changed; or why there are none. */
export type Restored =
  | { readonly kind: "edits"; readonly agents: readonly AgentKey[]; readonly edits: readonly Edit[] }
  | { readonly kind: "changed-since"; readonly fields: readonly { readonly file: Path; readonly at: JsonPointer }[] }
  | { readonly kind: "agent-removed" | "first-deployment" | "too-long-ago"; readonly agent: AgentKey }
  | { readonly kind: "nothing-in-specs" };

/**
 * The edits of specs that set back what a merge changed. Where it changed a spec itself, that is compared; where it only deployed what
 * people had changed in the spec, the spec is compared with the one that was deployed before. Throws GitError or ForgeError.
 */
export async function restoreSpecs(pass: Pass, merged: MergedChange, asked: AskedBy): Promise<Restored> {
  const agents = agentsIn(merged.paths);
  const edits: Edit[] = [];
  const fields: { file: Path; at: JsonPointer }[] = [];
  for (const agent of agents) {
    const file = pass.survey.pathOf(agent);
    if (file === undefined) return { kind: "agent-removed", agent };
    const texts = await textsOf(pass, merged, agent, file);
    if (texts.kind !== "texts") return { kind: texts.kind, agent };
    const restoring = restoringEdits(texts, { agent, file, ...asked });
    edits.push(...restoring.edits);
    fields.push(...restoring.changedSince.map((at) => ({ file, at })));
  }
  if (fields.length > 0) return { kind: "changed-since", fields };
  return edits.length === 0 ? { kind: "nothing-in-specs" } : { kind: "edits", agents, edits };
}

type Texts =
  | { readonly kind: "texts"; readonly before: Uint8Array; readonly after: Uint8Array; readonly now: Uint8Array }
  | { readonly kind: "agent-removed" | "first-deployment" | "too-long-ago" };

async function textsOf(pass: Pass, merged: MergedChange, agent: AgentKey, file: Path): Promise<Texts> {
  const { before, after, paths } = merged;
  const deployed = await before.source.deployed([agent], changedEnvironments(merged, agent));
  if (deployed.size === 0) return { kind: "first-deployment" };
  const earlier = paths.includes(file) ? before : await earlierDeployment(pass, agent, merged);
  const past = await earlier?.source.file(file);
  if (past === undefined) return { kind: "too-long-ago" };
  const [then, now] = await Promise.all([after.source.file(file), pass.commit.source.file(file)]);
  if (then === undefined || now === undefined) return { kind: "agent-removed" };
  return { kind: "texts", before: past, after: then, now };
}

/** The agents whose generated files are among the paths. */
function agentsIn(paths: readonly Path[]): readonly AgentKey[] {
  const keys = paths.flatMap((path): readonly AgentKey[] => {
    const parsed = parseDeployPath(path);
    return parsed?.kind === "agent" ? [parsed.agent] : [];
  });
  return [...new Set(keys)].sort();
}
