/** The kinds of workload that an agent can be. */
export const WORKLOADS = ["Deployment", "StatefulSet", "CronJob", "Job"] as const;
export type Workload = (typeof WORKLOADS)[number];

/** Whether an agent of this kind does its work and ends, so that nobody can call it and nothing scales it. */
export function endsByItself(workload: Workload): boolean {
  switch (workload) {
    case "CronJob":
    case "Job":
      return true;
    case "Deployment":
    case "StatefulSet":
      return false;
    default:
      return workload satisfies never;
  }
}
