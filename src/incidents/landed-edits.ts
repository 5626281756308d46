import type { Edit } from "../domain/change.ts";
import type { WantedEdit } from "../domain/incident.ts";
import { landEdit } from "../spec/land-edit.ts";
import type { Subject } from "./subject.ts";

/** The edits of values in effect as edits of the files that hold them; those that lead nowhere are left out. */
export function landed(subjects: readonly Subject[], wanted: readonly WantedEdit[]): readonly Edit[] {
  return wanted.flatMap((edit): readonly Edit[] => {
    const subject = subjects.find(({ agent }) => agent.key === edit.agent);
    if (subject === undefined) return [];
    const effective =
      edit.kind === "remove" || edit.to === undefined
        ? ({ kind: "remove", at: edit.at } as const)
        : ({ kind: "set", at: edit.at, to: edit.to } as const);
    const change = landEdit(subject.agent, subject.environment, effective);
    if (change === undefined) return [];
    return [{ ...change, agent: edit.agent, why: edit.why, by: edit.by }];
  });
}
