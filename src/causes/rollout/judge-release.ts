import { nameOf, tenantOf } from "../../domain/agent-key.ts";
import { causeOf } from "../../domain/branch-name.ts";
import { isRemedyCause } from "../../domain/cause.ts";
import { type AgentKey, deployDir } from "../../domain/fleet.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { Confounder, RolloutTimes, RolloutVerdict } from "../../domain/rollout-verdict/rollout-verdict.ts";
import { momentOfLook, POINT_STEP, POINTS } from "../../domain/rollout-verdict/timing.ts";
import { at } from "../../domain/values/json.ts";
import type { Json } from "../../domain/values/scalars.ts";
import { readRollout } from "../../observe/rollout/read-rollout.ts";
import type { Pass } from "../../pass/pass.ts";
import { judgeOutlook } from "../../verdict/judge-outlook.ts";
import { filledPromql } from "../alert/evidence/environment-query.ts";
import { readSubjects, type Subject } from "../alert/evidence/subject.ts";
import type { BroughtRelease, MergedRelease } from "./merged-release.ts";

/** A release whose verdict is due. */
export interface DueRelease {
  readonly pull: PullRequest;
  readonly merged: MergedRelease;
  readonly release: BroughtRelease;
  readonly times: RolloutTimes;
}

/**
 * The verdict of a release, from what its environment's Prometheus has measured; undefined where the agent is no workload that goes on,
 * or its spec has Problems now. Throws GitError.
 */
export async function judgeRelease(pass: Pass, due: DueRelease): Promise<RolloutVerdict | undefined> {
  const { config } = pass.survey.fleet;
  const { agent, environment, changesScaling } = due.release;
  const subject = await subjectOf(pass, due.pull, agent, environment);
  const workload = at(subject?.spec, "runtime", "workload");
  if (subject === undefined || (workload !== "Deployment" && workload !== "StatefulSet")) return undefined;
  const protocol = at(subject.spec, "runtime", "protocol") === "grpc" ? "grpc" : "http";
  const readings = await readRollout(pass.world.evidenceReader(config, environment), {
    config,
    agent: {
      ...{ name: nameOf(agent), namespace: subject.namespace, tenant: tenantOf(agent), environment },
      ...{ protocol, workload },
    },
    times: due.times,
    objectives: objectivesOf(subject.spec),
    verify: verifyOf(pass, due.pull, subject),
    confounders: await otherChanges(pass, due),
    changesScaling,
  });
  return judgeOutlook(readings);
}

/** The agent as its spec is now, for the remedy whose pull request it was. */
async function subjectOf(
  pass: Pass,
  { branch }: PullRequest,
  agent: AgentKey,
  environment: string,
): Promise<Subject | undefined> {
  const cause = causeOf(branch);
  const remedy = isRemedyCause(cause) ? cause.remedy : "";
  const incident = { agent, environment, remedy, alerts: [] };
  const alert = { kind: "alert", agent, environment, remedy } as const;
  const [subject] = await readSubjects(pass, {
    cause: alert,
    incidents: [incident],
    remedy: undefined,
    agents: [agent],
  });
  return subject;
}

function objectivesOf(spec: Json): { readonly errorRate: number | undefined; readonly p95Seconds: number | undefined } {
  const [errorRate, p95Seconds] = [
    at(spec, "observability", "slo", "errorRate"),
    at(spec, "observability", "slo", "p95Seconds"),
  ];
  return {
    errorRate: typeof errorRate === "number" ? errorRate : undefined,
    p95Seconds: typeof p95Seconds === "number" ? p95Seconds : undefined,
  };
}

/** The query by which the remedy says that it helped, in the environment of its alert. */
function verifyOf({ policies }: Pass, { branch }: PullRequest, subject: Subject): string | undefined {
  const cause = causeOf(branch);
  if (!isRemedyCause(cause) || cause.environment !== subject.environment) return undefined;
  const remedy = policies.remedies.find(({ name }) => name === cause.remedy);
  const filled = remedy?.verify === undefined ? undefined : filledPromql(remedy.verify.promql, subject);
  return typeof filled === "string" ? filled : undefined;
}

/** Other changes of the agent's generated files that reached the environment in the times that are compared. */
async function otherChanges(pass: Pass, { merged, release, times }: DueRelease): Promise<readonly Confounder[]> {
  const folder = `${deployDir(release.environment, release.agent)}/`;
  const history = await pass.commit.history([folder]);
  const [from, to] = [times.changeAt - POINTS * POINT_STEP, momentOfLook(times)];
  const others = history
    .changesOf(folder)
    .filter((change) => change.sha !== merged.commit && change.at >= from && change.at <= to);
  return others.slice(0, 5).map(({ sha, subject }) => ({
    kind: "another-change",
    what: `${sha.slice(0, 7)} ${subject.slice(0, 100)}`,
  }));
}
