import type { ChangeSet } from "../domain/change.ts";
import type { Config } from "../domain/kinds.ts";
import { code } from "./markdown.ts";
import { stateOf } from "./rows.ts";

/** What a reviewer can do now: merge, want it otherwise, say no. */
export function nextSection(changes: ChangeSet, config: Config): string {
  const deployer = config.spec.delivery === "flux" ? "Flux" : "Argo CD";
  const isRemoval = changes.changes.length > 0 && changes.changes.every((change) => stateOf(change) === "removed");
  const [first] = changes.agents;
  const spec = changes.agents.length === 1 && first !== undefined ? code(`agents/${first}.yaml`, 160) : "the spec";
  const lines = [
    `- **Merge** it, and ${deployer} ${isRemoval ? "takes it down" : "deploys it"}.`,
    isRemoval
      ? `- **Keep it**: restore ${spec} on the default branch, and this pull request closes.`
      : `- **Change it**: edit ${spec} on the default branch, and this pull request follows.`,
    "- **Close** it to say no: it stays closed until its content changes.",
  ];
  if (changes.cause.kind === "alert") {
    lines[1] = `- **Change it**: push a commit of your own to this branch. What RAOS may change is in ${spec}, below \`supervision.allowedPaths\`.`;
    lines[2] = `- **Close** it to say no: nothing alike is proposed again. To stop this remedy for good, give \`policies/\` one of your own by the name ${code(changes.cause.remedy, 80)}.`;
  }
  return `**What next**\n\n${lines.join("\n")}\n\n<sub>Push a commit of your own to this branch, and RAOS leaves it to you.</sub>`;
}
