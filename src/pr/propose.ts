import type { ChangeSet, Marker, Proposal, Verdict } from "../domain/change.ts";
import { at } from "../domain/json.ts";
import type { Config, Tenant } from "../domain/kinds.ts";
import type { Json } from "../domain/scalars.ts";
import { finished, type Work } from "../domain/work.ts";
import { BODY_LIMIT, bodyOf, type ProposalContext } from "./body.ts";
import { branchFor } from "./branch.ts";
import { hashingContent, textHash, underHash } from "./content-hash.ts";
import { encodeMarker } from "./marker.ts";
import { told } from "./rows.ts";
import { titleOf } from "./title.ts";

/**
 * The pull request for a change: branch, title, body, labels, reviewers. The body holds at most 65,536 characters,
 * marker included, whatever the change holds; sections that do not fit are left out whole and a sentence says so.
 */
export function propose(changes: ChangeSet, verdict: Verdict, context: ProposalContext): Proposal {
  return finished(proposing(changes, verdict, context));
}

/** As `propose`, in pieces: an agent in an environment, a file, a row of the table. */
export function* proposing(changes: ChangeSet, verdict: Verdict, context: ProposalContext): Work<Proposal> {
  const tell = yield* told(changes);
  const title = titleOf(tell);
  const base = { version: 1, cause: changes.cause, base: changes.base, edits: changes.edits } as const;
  const hashes = { content: yield* hashingContent(changes), under: underHash(changes.files) };
  const room = BODY_LIMIT - encodeMarker({ ...base, ...hashes, text: "0".repeat(64) }).length - 2;
  const text = yield* bodyOf(tell, verdict, context, room);
  const marker: Marker = { ...base, ...hashes, text: textHash(title, text) };
  return {
    branch: branchFor(changes.cause),
    title,
    body: `${text}\n\n${encodeMarker(marker)}`,
    commitMessage: title,
    labels: labelsOf(verdict, context.config),
    reviewers: reviewersOf(changes, context.tenants),
    files: changes.files,
    marker,
    autoMerge: mayMergeItself(changes, verdict),
  };
}

/** Without labels of its own a configuration wants none, since on GitHub the first one costs a request more. */
function labelsOf(verdict: Verdict, { spec: { labels } }: Config): readonly string[] {
  return labels.length > 0 && verdict.kind === "review" ? [...labels, "needs-review"] : labels;
}

/** The owners of every tenant that the change touches. */
function reviewersOf(changes: ChangeSet, tenants: ReadonlyMap<string, Tenant>): readonly string[] {
  const { cause } = changes;
  const touched = new Set(changes.agents.map((agent) => agent.slice(0, agent.indexOf("/"))));
  if (cause.kind === "drift" && cause.scope.kind === "tenant") touched.add(cause.scope.tenant);
  const owners = [...touched].flatMap((tenant) => tenants.get(tenant)?.spec.owners ?? []);
  return [...new Set(owners)].sort();
}

/** Only where a guardrail allows it, the agents ask for it in every environment, and rules alone made the edits. */
function mayMergeItself(changes: ChangeSet, verdict: Verdict): boolean {
  if (verdict.kind !== "allow" || !verdict.lowRisk) return false;
  if (changes.edits.length === 0 || changes.changes.length === 0) return false;
  return changes.edits.every((edit) => edit.by === "rule") && changes.changes.every((change) => asksForIt(change.spec));
}

function asksForIt(spec: Json | undefined): boolean {
  return at(spec, "supervision", "autoMerge") === "low-risk";
}
