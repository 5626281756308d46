import { isRemedyCause } from "../../domain/cause.ts";
import type { ChangeSet } from "../../domain/change-set.ts";
import { CHART_COPIES } from "../../domain/deployed/deploy-path.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import { isChartAlone } from "../caution/chart-copies.ts";
import { code } from "../markdown.ts";

/** What a reviewer can do now: merge, change or refuse it. */
export function nextSection(changes: ChangeSet, config: Config): string {
  const deployer = config.spec.delivery === "flux" ? "Flux" : "Argo CD";
  // The README of an environment keeps its folder, and goes nowhere.
  const deployed = changes.files.filter(({ path }) => !path.endsWith("/README.md"));
  const isRemoval = deployed.length > 0 && deployed.every(({ text }) => text === undefined);
  const [first] = changes.agents;
  const spec =
    changes.agents.length === 1 && first !== undefined
      ? code(`agents/${first}.yaml`, 160)
      : isChartAlone(changes)
        ? "the chart"
        : "the spec";
  const lines = [
    `- **Merge** it, and ${deployer} ${isRemoval ? "removes it" : "deploys it"}.`,
    isRemoval
      ? `- **Keep it**: ${restoring(changes, config, spec)} on the default branch, and RAOS closes this pull request.`
      : `- **Change it**: edit ${spec} on the default branch, and RAOS updates this pull request.`,
    "- **Close** it to refuse: RAOS proposes it again only when its content changes.",
  ];
  if (changes.cause.kind === "regression") {
    lines[1] = "- **Change it**: push a commit of your own to this branch.";
    lines[2] = "- **Close** it to refuse: it is proposed once.";
  }
  if (changes.cause.kind === "request") {
    lines[1] = "- **Change it**: push a commit of your own to this branch, or ask again in other words.";
    lines[2] = "- **Close** it to refuse: who asked is told so.";
  }
  if (changes.cause.kind === "upgrade") {
    lines[1] = `- **Change it**: write the version that you want into ${spec} on the default branch, or another \`runtime.upgrade\`.`;
    lines[2] = "- **Close** it to refuse: RAOS does not propose this version again, only a newer one.";
  }
  if (isRemedyCause(changes.cause)) {
    lines[1] = `- **Change it**: push a commit of your own to this branch. What RAOS may change is in ${spec}, below \`supervision.allowedPaths\`.`;
    const again = changes.cause.kind === "tune" ? "for a week, nor the same one ever" : "again";
    lines[2] = `- **Close** it to refuse: RAOS does not propose a similar change ${again}. To stop this remedy for good, add a remedy of your own to \`policies/\` with the name ${code(changes.cause.remedy, 80)}.`;
  }
  return `**What next**\n\n${lines.join("\n")}\n\n<sub>After you push a commit of your own to this branch, RAOS no longer changes it.</sub>`;
}

/** What a person does to keep what would be removed: it is gone with its spec, its environment, or its tenant's place in one. */
function restoring({ files }: Pick<ChangeSet, "files">, { spec: config }: Config, spec: string): string {
  const environments = new Set(files.map(({ path }) => environmentOf(path)));
  const named = config.environments.map(({ name }) => name);
  if ([...environments].some((environment) => !named.includes(environment)))
    return `put ${some(environments)} back into \`raos.yaml\``;
  if (environments.size === named.length) return `restore ${spec}`;
  return `let the tenant be in ${some(environments)} again, or restore ${spec}`;
}

/** The environment of a generated file: `deploy/<environment>/…`, or, of a copy of the chart, `deploy/_charts/<environment>/…`. */
function environmentOf(path: string): string {
  const rest = path.startsWith(`${CHART_COPIES}/`) ? path.slice(CHART_COPIES.length + 1) : path.slice("deploy/".length);
  return rest.split("/")[0] ?? "";
}

function some(names: ReadonlySet<string>): string {
  return [...names].map((name) => code(name, 80)).join(", ");
}
