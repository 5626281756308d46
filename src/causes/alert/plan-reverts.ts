import { isDeepStrictEqual } from "node:util";
import type { Alert } from "../../domain/alert/alert.ts";
import { isRevert, revertOf } from "../../domain/alert/revert.ts";
import { branchFor, causeOf } from "../../domain/branch-name.ts";
import type { Cause } from "../../domain/cause.ts";
import type { Edit } from "../../domain/change-set.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { Marker } from "../../domain/proposal.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import { limitsOf, type Pass } from "../../pass/pass.ts";
import { pathsOfAgents } from "../../pass/paths-of-agents.ts";
import { prepare } from "../../pass/prepare.ts";
import { wereAllReadBack } from "../../pass/reported-alerts.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { decide } from "../../pr/decide.ts";
import { decodeMarker } from "../../pr/marker.ts";
import { findRefusal } from "../../remedy/bounds/refused-edits.ts";
import { revertedEdits } from "../../remedy/bounds/reverted-edits.ts";
import type { CompiledRemedy } from "../../remedy/compiled-remedy.ts";
import { incidentStateOf } from "../../remedy/incident-state.ts";
import { valueInFile } from "../../spec/yaml/value-in-file.ts";
import { refusedEdits } from "./evidence/refused-edits.ts";
import { isVerifiedFor } from "./evidence/verified-for.ts";
import type { IncidentContext } from "./incident-context.ts";

type AlertCause = Extract<Cause, { kind: "alert" }>;

type AlertsByBranch = ReadonlyMap<string, readonly Alert[]>;

/** A merged pull request whose remedy says that its change is taken back once all is well. */
interface Merged {
  readonly pull: PullRequest;
  readonly cause: AlertCause;
  readonly marker: Marker;
  readonly remedy: CompiledRemedy;
  readonly afterMs: number;
}

/**
 * Plans the pull requests that take back what remedies with `revert` changed: once the alert has not fired, and `verify` has
 * held, for as long as the remedy says, and nobody has changed the values since. One that is open is closed when the alert
 * fires again. `alerts`: those of this pass, by the branch of their incident. Throws GitError or ForgeError.
 */
export async function* planReverts(context: IncidentContext, alerts: AlertsByBranch): AsyncGenerator<Step> {
  const { pass, complete } = context;
  if (!complete) return;
  for (const merged of mergedChanges(pass)) {
    const { cause, marker, pull } = merged;
    const back = revertOf(cause);
    const unit = { cause: back, agents: [...new Set(marker.edits.map((edit) => edit.agent))].sort() };
    const open = pass.forge.open.get(branchFor(back));
    const state = stateOf(alerts.get(branchFor(cause)));
    if (state === "firing") {
      if (open !== undefined) yield stepWithoutPlan(unit, decide(back, open, "fires-again", limitsOf(pass, complete)));
    } else if (
      open === undefined &&
      (state === "resolved" || isKnownQuiet(pass, pull)) &&
      pass.world.now() - firedUntil(context, merged, alerts) >= merged.afterMs
    ) {
      const step = await planRevert(context, merged, unit);
      if (step !== undefined) yield step;
    }
  }
}

function stateOf(alerts: readonly Alert[] | undefined) {
  return alerts === undefined ? undefined : incidentStateOf(alerts).kind;
}

/** Until when the incident of a merged change is known to have gone on since: by its alerts and its issue; 0 where it has not. */
function firedUntil({ issues, pass }: IncidentContext, { cause }: Merged, alerts: AlertsByBranch): Instant {
  const issue = issues.get(branchFor(cause));
  const ended = (alerts.get(branchFor(cause)) ?? []).map(({ endsAt }) => endsAt ?? 0);
  return Math.max(0, ...ended, issue?.state === "open" ? pass.world.now() : (issue?.endedAt ?? 0));
}

/** The newest merged pull request of each incident that is old enough, if only the bot wrote its commits. */
function mergedChanges({ forge, policies, world }: Pass): readonly Merged[] {
  const newest = new Map<string, PullRequest>();
  for (const pull of (forge.recent ?? []).toSorted((a, b) => a.number - b.number)) newest.set(pull.branch, pull);
  return [...newest.values()].flatMap((pull): readonly Merged[] => {
    const cause = causeOf(pull.branch);
    if (
      cause?.kind !== "alert" ||
      isRevert(cause) ||
      pull.state !== "merged" ||
      pull.botOnly !== true ||
      forge.open.has(pull.branch)
    )
      return [];
    const remedy = policies.remedies.find((one) => one.name === cause.remedy);
    const marker = decodeMarker(pull.body);
    const afterMs = remedy?.revertAfterMs;
    if (remedy === undefined || afterMs === undefined || marker === undefined) return [];
    if (!isDeepStrictEqual(marker.cause, cause) || world.now() - (pull.endedAt ?? world.now()) < afterMs) return [];
    return [{ pull, cause, marker, remedy, afterMs }];
  });
}

/** Whether the alerts of this pass are all that fire, as far as the incident of a pull request is concerned. */
function isKnownQuiet({ reported }: Pass, pull: PullRequest): boolean {
  return reported.progress !== undefined || wereAllReadBack(reported.whole, pull);
}

/**
 * The pull request that takes a change back; undefined where nothing can be taken back, or it is not known to be well. `verify` is
 * asked last: it reads days of data. Throws GitError or ForgeError.
 */
async function planRevert(
  context: IncidentContext,
  merged: Merged,
  unit: { readonly cause: AlertCause; readonly agents: readonly AgentKey[] },
): Promise<Step | undefined> {
  const { pass, complete } = context;
  const { marker, pull } = merged;
  const why = `The workaround of pull request ${pull.number} is not needed any more.`;
  // A person may have written the text since: then its edits are a person's, and never merge by themselves.
  const edits = revertedEdits(marker.edits, why, pull.textByBot ? "rule" : "person");
  const snapshot = await pass.commit.slice(pathsOfAgents(unit.agents, pass));
  const files = new Set(unit.agents.map((agent) => pass.survey.pathOf(agent)));
  const isAsMerged = (edit: Edit) =>
    files.has(edit.file) &&
    isDeepStrictEqual(valueInFile(snapshot.read(edit.file), edit.at), edit.kind === "add" ? undefined : edit.from);
  if (edits.length === 0 || !edits.every(isAsMerged)) return undefined;
  const recent = pass.forge.recent ?? [];
  const refused = edits.map((edit) => findRefusal(edit, refusedEdits(pass))).find((one) => one !== undefined);
  if (refused !== undefined) {
    const closed = recent.find(({ number }) => number === refused.pull);
    return stepWithoutPlan(unit, { kind: "skip", reason: "closed-by-a-person", pull: closed });
  }
  if (!(await isVerifiedFor(pass, merged, unit.agents))) return undefined;
  const last = recent.findLast((one) => one.branch === branchFor(unit.cause));
  const prepared = await prepare(pass, { ...unit, tenants: [], edits }, snapshot);
  return { ...prepared, decision: decide(unit.cause, last, prepared.proposal, limitsOf(pass, complete)) };
}
