import { isDeepStrictEqual } from "node:util";
import { branchFor, causeOf } from "../../domain/branch-name.ts";
import type { Cause } from "../../domain/cause.ts";
import type { Edit } from "../../domain/change-set.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import { limitsOf, type Pass } from "../../pass/pass.ts";
import { pathsOfAgents } from "../../pass/paths-of-agents.ts";
import { type Prepared, prepare } from "../../pass/prepare.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { decide } from "../../pr/decide.ts";
import { code } from "../../pr/markdown.ts";
import { decodeMarker } from "../../pr/marker.ts";
import { revertedEdits } from "../../remedy/bounds/reverted-edits.ts";
import { valueInFile } from "../../spec/yaml/value-in-file.ts";

type RegressionCause = Extract<Cause, { readonly kind: "regression" }>;

/** What takes a merged pull request back, or a sentence of Markdown that says why nothing can. */
export type TakeBack =
  | { readonly kind: "prepared"; readonly prepared: Prepared; readonly cause: RegressionCause }
  | { readonly kind: "refused"; readonly why: string };

/**
 * Plans the pull request that takes back the edits of a merged one of RAOS, whose text only RAOS wrote. It is planned only where each
 * value is still the one that was merged, and never for a pull request that takes back another one. `why` says who asked. Throws GitError.
 */
export async function prepareTakeBack(pass: Pass, pull: PullRequest, why: string): Promise<TakeBack> {
  const refusal = refusalOf(pull);
  if (refusal !== undefined) return { kind: "refused", why: refusal };
  const edits = revertedEdits(decodeMarker(pull.body)?.edits ?? [], why, "person");
  if (edits.length === 0)
    return {
      kind: "refused",
      why: "It changed no spec: its files follow from what a person committed. Revert that commit.",
    };
  const agents = agentsOf(edits);
  const snapshot = await pass.commit.slice(pathsOfAgents(agents, pass));
  const changed = edits.filter((edit) => !isAsMerged(edit, snapshot.read(edit.file)));
  if (changed.length > 0) {
    const values = changed.map(({ at }) => code(at)).join(", ");
    return { kind: "refused", why: `Somebody changed it since: ${values}. A person has to decide what it should be.` };
  }
  const cause: RegressionCause = { kind: "regression", pull: pull.number };
  return { kind: "prepared", cause, prepared: await prepare(pass, { cause, agents, tenants: [], edits }, snapshot) };
}

function refusalOf({ state, openedByBot, textByBot, branch }: PullRequest): string | undefined {
  if (!openedByBot || causeOf(branch) === undefined) return "This is no pull request of RAOS; revert it as any other.";
  if (state !== "merged") return "It is not merged, so there is nothing to take back.";
  if (causeOf(branch)?.kind === "regression")
    return "It takes back another one already: a person has to decide further.";
  return textByBot ? undefined : "Somebody else edited its text, so what it changed is not known for certain.";
}

/** Keeps the open pull requests that take others back up to date with the default branch. Throws GitError or ForgeError. */
export async function* planRegressions(pass: Pass): AsyncGenerator<Step> {
  for (const [branch, pull] of pass.forge.open) {
    const cause = causeOf(branch);
    if (cause?.kind === "regression") yield await replan(pass, cause, pull);
  }
}

async function replan(pass: Pass, cause: RegressionCause, pull: PullRequest): Promise<Step> {
  const limits = limitsOf(pass, pass.forge.complete);
  const marker = decodeMarker(pull.body);
  const agents = agentsOf(marker?.edits ?? []);
  if (marker === undefined || branchFor(marker.cause) !== branchFor(cause) || !pull.textByBot)
    return stepWithoutPlan({ cause, agents }, { kind: "skip", reason: "person-edited-the-text", pull });
  const snapshot = await pass.commit.slice(pathsOfAgents(agents, pass));
  const isOutdated = marker.edits.some((edit) => !isAsMerged(edit, snapshot.read(edit.file)));
  if (isOutdated) return stepWithoutPlan({ cause, agents }, decide(cause, pull, "changed-since", limits));
  const prepared = await prepare(pass, { cause, agents, tenants: [], edits: marker.edits }, snapshot);
  const wanted = prepared.verdict.kind === "deny" ? "denied" : prepared.proposal;
  return { ...prepared, decision: decide(cause, pull, wanted, limits) };
}

function agentsOf(edits: readonly Edit[]): readonly string[] {
  return [...new Set(edits.map(({ agent }) => agent))].sort();
}

/** Whether the file still holds the value that an edit replaces. */
function isAsMerged(edit: Edit, bytes: Uint8Array): boolean {
  return isDeepStrictEqual(valueInFile(bytes, edit.at), edit.kind === "add" ? undefined : edit.from);
}
