import { causeOf } from "../domain/branch-name.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import { decodeMarker } from "../pr/marker.ts";

/** The agents and tenants that a pull request of RAOS is about, as far as its branch or its own marker says; `tenant/*` is a whole tenant. */
export function agentsOfPull({ branch, body, textByBot }: PullRequest): readonly AgentKey[] {
  const cause = causeOf(branch);
  switch (cause?.kind) {
    case "drift":
      return cause.scope.kind === "agent" ? [cause.scope.agent] : [`${cause.scope.tenant}/*`];
    case "alert":
    case "tune":
    case "upgrade":
      return [cause.agent];
    case "request":
    case "regression":
    case "rollout":
    case "onboarding":
    case undefined: {
      const marker = textByBot ? decodeMarker(body) : undefined;
      const requested = marker?.requested?.request.agent;
      return [
        ...new Set([
          ...(requested === undefined ? [] : [requested]),
          ...(marker?.edits ?? []).map((edit) => edit.agent),
        ]),
      ];
    }
    default:
      return cause satisfies never;
  }
}
