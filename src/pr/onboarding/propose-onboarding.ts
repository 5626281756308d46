import { branchFor } from "../../domain/branch-name.ts";
import type { ChangeSet } from "../../domain/change-set.ts";
import type { Proposal } from "../../domain/proposal.ts";
import { LONGEST_BODY } from "../body/body.ts";
import { baseHash, contentHash, textHash } from "../content-hash.ts";
import { encodeMarker } from "../marker.ts";
import { type OnboardingReport, onboardingBody } from "./onboarding-body.ts";

/** More characters than the marker of a change without edits takes. */
const MARKER = 2000;

const TITLE = "Configure RAOS";

/** The pull request that adds the first raos.yaml. It changes no agent, so it has no table and no reviewers. */
export function proposeOnboarding(changes: ChangeSet, report: OnboardingReport): Proposal {
  const text = onboardingBody(report, LONGEST_BODY - MARKER);
  const marker = {
    cause: changes.cause,
    base: changes.base,
    content: contentHash(changes),
    baseHash: baseHash(changes.files),
    text: textHash(TITLE, text),
    edits: changes.edits,
  };
  return {
    branch: branchFor(changes.cause),
    title: TITLE,
    body: `${text}\n\n${encodeMarker(marker)}`,
    commitMessage: TITLE,
    labels: [],
    reviewers: [],
    files: changes.files,
    marker,
    autoMerge: false,
  };
}
