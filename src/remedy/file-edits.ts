import type { WantedEdit } from "../domain/alert/incident.ts";
import type { Edit } from "../domain/change-set.ts";
import type { Agent } from "../domain/fleet.ts";
import { toFileEdit } from "../spec/edit/file-edit.ts";
import type { EditReach } from "../spec/edit/place-of-edit.ts";

/** Turns edits of values in effect into edits of the files that set them. Edits of unknown agents or paths are left out. `reach`: which environments they may change. */
export function toFileEdits(
  subjects: readonly { readonly agent: Agent; readonly environment: string }[],
  wanted: readonly WantedEdit[],
  reach: EditReach = "shared",
): readonly Edit[] {
  return wanted.flatMap((edit): readonly Edit[] => {
    const subject = subjects.find(({ agent }) => agent.key === edit.agent);
    if (subject === undefined) return [];
    const effective =
      edit.kind === "remove" || edit.to === undefined
        ? ({ kind: "remove", at: edit.at } as const)
        : ({ kind: "set", at: edit.at, to: edit.to } as const);
    const change = toFileEdit(subject.agent, subject.environment, effective, reach);
    if (change === undefined) return [];
    return [{ ...change, agent: edit.agent, why: edit.why, by: edit.by }];
  });
}
