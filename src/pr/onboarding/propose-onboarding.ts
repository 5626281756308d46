import { branchFor } from "../../domain/branch-name.ts";
import type { ChangeSet } from "../../domain/change-set.ts";
import type { Proposal } from "../../domain/proposal.ts";
import { baseHash, contentHash, textHash } from "../content-hash.ts";
import { encodeMarker } from "../marker.ts";
import { type OnboardingReport, onboardingBody } from "./onboarding-body.ts";

export const ONBOARDING_TITLE = "Configure RAOS";

/** The pull request that adds the first raos.yaml. It changes no agent, so it has no table and no reviewers. */
export function proposeOnboarding(changes: ChangeSet, report: OnboardingReport): Proposal {
  const text = onboardingBody(report);
  const marker = {
    cause: changes.cause,
    base: changes.base,
    content: contentHash(changes),
    baseHash: baseHash(changes.files),
    text: textHash(ONBOARDING_TITLE, text),
    edits: changes.edits,
  };
  return {
    branch: branchFor(changes.cause),
    title: ONBOARDING_TITLE,
    body: `${text}\n\n${encodeMarker(marker)}`,
    commitMessage: ONBOARDING_TITLE,
    labels: [],
    reviewers: [],
    files: changes.files,
    marker,
    autoMerge: false,
  };
}
