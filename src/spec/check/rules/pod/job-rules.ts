import type { AgentSpec } from "../../../../domain/agent/agent.ts";
import { endsByItself } from "../../../../domain/agent/workload.ts";
import { displayValue } from "../../../problems/display-value.ts";
import type { SpecFault } from "../spec-fault.ts";
import { cronFault } from "./cron.ts";
import { fieldsSet, type Steps } from "./pod-containers.ts";

const JOB: Steps = ["runtime", "job"];
const ONLY_CRON = [
  "schedule",
  "timeZone",
  "concurrencyPolicy",
  "startingDeadlineSeconds",
  "successfulJobsHistoryLimit",
  "failedJobsHistoryLimit",
];

/** How a Job or CronJob runs. */
export function jobs({ runtime }: AgentSpec): readonly SpecFault[] {
  const { job, workload } = runtime;
  if (!endsByItself(workload))
    return job === undefined
      ? []
      : [{ path: JOB, message: `a ${workload} does not end; write runtime.workload: CronJob or Job, or remove it` }];
  if (workload === "Job")
    return fieldsSet(job ?? {}, ONLY_CRON).map((field) => ({
      path: [...JOB, field],
      message: `only a CronJob has ${field}; write runtime.workload: CronJob, or remove it`,
    }));
  if (job?.schedule === undefined)
    return [{ path: ["runtime", "workload"], message: "a CronJob needs a schedule; add runtime.job.schedule" }];
  const wrong = cronFault(job.schedule);
  return [
    ...(wrong === undefined ? [] : [{ path: [...JOB, "schedule"], message: wrong }]),
    ...(job.timeZone === undefined || isTimeZone(job.timeZone)
      ? []
      : [
          {
            path: [...JOB, "timeZone"],
            message: `unknown time zone ${displayValue(job.timeZone)}; write one such as Europe/Berlin`,
          },
        ]),
  ];
}

/** What makes no sense for an agent that ends: nobody can call it, and nothing scales it. */
export function serving(spec: AgentSpec): readonly SpecFault[] {
  const { runtime, scaling, a2a, access, networking, observability, dapr } = spec;
  const { workload, pod } = runtime;
  if (!endsByItself(workload)) return [];
  const set: readonly (readonly [path: Steps, isSet: boolean])[] = [
    ...fieldsSet(scaling, ["min", "max", "hpa", "keda"]).map((field) => [["scaling", field], true] as const),
    [["a2a", "enabled"], a2a.enabled],
    [["access", "callers"], (access?.callers ?? []).length > 0],
    [["networking", "hosts"], (networking?.hosts ?? []).length > 0],
    [["networking", "ingress"], (networking?.ingress ?? []).length > 0],
    [["observability", "metricsPath"], observability.metricsPath !== undefined],
    [["observability", "slo"], observability.slo !== undefined],
    [["dapr", "subscriptions"], (dapr.subscriptions ?? []).length > 0],
    [["runtime", "healthPath"], runtime.healthPath !== undefined],
    ...fieldsSet(pod ?? {}, ["startupProbe", "readinessProbe", "livenessProbe"]).map(
      (field) => [["runtime", "pod", field], true] as const,
    ),
  ];
  return set.flatMap(([path, isSet]) =>
    isSet ? [{ path, message: `a ${workload} ends by itself, so this does nothing; remove it` }] : [],
  );
}

/** As Go reads a zone: by the name of its file, so that case matters, and an offset is none. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Z][A-Za-z0-9_+-]{0,31}(\/[A-Z][A-Za-z0-9_+-]{0,31}){0,2}$/.test(name)) return false;
  try {
    return name !== "Local" && new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
