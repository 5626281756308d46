import { tenantOf } from "../domain/agent-key.ts";
import { spentOn } from "../domain/alert/spent.ts";
import { branchFor } from "../domain/branch-name.ts";
import type { ChangeSet } from "../domain/change-set.ts";
import type { Config, Tenant } from "../domain/kinds/kinds.ts";
import type { Marker, Proposal } from "../domain/proposal.ts";
import type { RequestedChange } from "../domain/request/agent-request.ts";
import { withRequestedBy } from "../domain/request/requested-by.ts";
import { at } from "../domain/values/json.ts";
import type { Json } from "../domain/values/scalars.ts";
import type { Verdict } from "../domain/verdict.ts";
import { finished, type Work } from "../domain/work.ts";
import { bodyOf, LONGEST_BODY, type ProposalContext } from "./body/body.ts";
import { baseHash, hashingContent, textHash } from "./content-hash.ts";
import { encodeMarker } from "./marker.ts";
import { describeChanges } from "./table/rows.ts";
import { titleOf } from "./title.ts";

/**
 * The pull request for a change: branch, title, body, labels, reviewers. The body holds at most 65,536 characters,
 * marker included, whatever the change holds; sections that do not fit are shortened or left out, and a sentence says so.
 */
export function propose(changes: ChangeSet, verdict: Verdict, context: ProposalContext): Proposal {
  return finished(proposing(changes, verdict, context));
}

/** As `propose`, in pieces: one agent in an environment, one file, one row of the table at a time. */
export function* proposing(changes: ChangeSet, verdict: Verdict, context: ProposalContext): Work<Proposal> {
  const described = yield* describeChanges(changes);
  const title = titleOf(described);
  const base = {
    cause: changes.cause,
    base: changes.base,
    edits: changes.edits,
    ...(context.requested === undefined ? {} : { requested: context.requested }),
    ...(context.requested?.request.spent === undefined
      ? spentOn(context.incident?.finding)
      : { spent: context.requested.request.spent }),
  };
  const hashes = { content: yield* hashingContent(changes), baseHash: baseHash(changes.files) };
  const room = LONGEST_BODY - encodeMarker({ ...base, ...hashes, text: "0".repeat(64) }).length - 2;
  const text = yield* bodyOf(described, verdict, context, room);
  const marker: Marker = { ...base, ...hashes, text: textHash(title, text) };
  return {
    branch: branchFor(changes.cause),
    title,
    body: `${text}\n\n${encodeMarker(marker)}`,
    commitMessage: messageOf(title, context.requested),
    labels: labelsOf(verdict, context.config),
    reviewers: reviewersOf(changes, context.tenants),
    files: changes.files,
    marker,
    autoMerge: mayMergeItself(changes, verdict),
  };
}

/** The title; below it who asked, where somebody did. Nobody asks for what becomes of the agents of one that is gone. */
function messageOf(title: string, requested: RequestedChange | undefined): string {
  if (requested === undefined || requested.request.wants === "orphans") return title;
  return withRequestedBy(title, requested.request.from);
}

/** None where raos.yaml sets no labels: on GitHub the first label costs one more request. */
function labelsOf(verdict: Verdict, { spec: { labels } }: Config): readonly string[] {
  return labels.length > 0 && verdict.kind === "review" ? [...labels, "needs-review"] : labels;
}

/** The owners of every tenant that the change touches. */
function reviewersOf(changes: ChangeSet, tenants: ReadonlyMap<string, Tenant>): readonly string[] {
  const { cause } = changes;
  const touched = new Set(changes.agents.map(tenantOf));
  if (cause.kind === "drift" && cause.scope.kind === "tenant") touched.add(cause.scope.tenant);
  const owners = [...touched].flatMap((tenant) => tenants.get(tenant)?.spec.owners ?? []);
  return [...new Set(owners)].sort();
}

/**
 * Whether it may merge without a person: a guardrail allows it, every agent in every environment has it on, no model made an edit,
 * and it takes back no other change.
 */
function mayMergeItself(changes: ChangeSet, verdict: Verdict): boolean {
  if (verdict.kind !== "allow" || !verdict.lowRisk) return false;
  // What is taken back may be a person's change.
  if (changes.cause.kind === "regression") return false;
  if (changes.edits.length === 0 || changes.changes.length === 0) return false;
  return (
    changes.edits.every((edit) => edit.by === "rule") && changes.changes.every((change) => allowsAutoMerge(change.spec))
  );
}

function allowsAutoMerge(spec: Json | undefined): boolean {
  return at(spec, "supervision", "autoMerge") === "low-risk";
}
