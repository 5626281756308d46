import { causeOf } from "../../../domain/branch-name.ts";
import { isRemedyCause } from "../../../domain/cause.ts";
import type { PullRequest } from "../../../domain/pull-request.ts";
import type { Pass } from "../../../pass/pass.ts";
import { decodeMarker } from "../../../pr/marker.ts";
import type { RefusedEdit } from "../../../remedy/bounds/refused-edits.ts";
import { isRefused } from "../incident-context.ts";

/** How long a person's refusal is remembered, in milliseconds: as long as the forge is asked for ended pull requests. */
const WEEK = 7 * 86_400_000;

/** The edits of every pull request of a remedy that a person closed within a week, whichever remedy it was of. */
export function refusedEdits({ forge, world }: Pass): readonly RefusedEdit[] {
  const since = world.now() - WEEK;
  return (forge.recent ?? [])
    .filter((pull) => isRefused(pull) && (pull.endedAt ?? pull.createdAt) > since)
    .flatMap(editsOf);
}

function editsOf(pull: PullRequest): readonly RefusedEdit[] {
  const known = EDITS.get(pull);
  if (known !== undefined) return known;
  const isOurs = pull.openedByBot && isRemedyCause(causeOf(pull.branch));
  const marker = isOurs ? decodeMarker(pull.body) : undefined;
  const edits = (marker?.edits ?? []).map((edit) => ({ pull: pull.number, edit }));
  EDITS.set(pull, edits);
  return edits;
}

/** Cached, since every incident asks for all of them. */
const EDITS = new WeakMap<PullRequest, readonly RefusedEdit[]>();
