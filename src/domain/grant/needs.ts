import { endsByItself, WORKLOADS, type Workload } from "../agent/workload.ts";
import { baseUnits } from "../values/quantity.ts";
import type { Quantity } from "../values/scalars.ts";

/** What an agent may take in one environment: cores, bytes, US dollars a day. Undefined: its spec does not say. */
export interface Needs {
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
  readonly dollars: number | undefined;
}

interface Amounts {
  readonly cpu?: Quantity | undefined;
  readonly memory?: Quantity | undefined;
}

/** The parts of an effective spec, or of generated values, that say what an agent requests. */
export interface Requesting {
  readonly runtime?:
    | {
        readonly workload?: string | undefined;
        readonly resources?:
          | { readonly requests?: Amounts | undefined; readonly limits?: Amounts | undefined }
          | undefined;
        readonly job?:
          | { readonly parallelism?: number | undefined; readonly concurrencyPolicy?: string | undefined }
          | undefined;
        readonly pod?:
          | {
              readonly initContainers?:
                | readonly {
                    readonly resources?:
                      | { readonly requests?: Amounts | undefined; readonly limits?: Amounts | undefined }
                      | undefined;
                  }[]
                | undefined;
            }
          | undefined;
      }
    | undefined;
  readonly scaling?: { readonly min?: number | undefined; readonly max?: number | undefined } | undefined;
  readonly dapr?:
    | {
        readonly enabled?: boolean | undefined;
        readonly sidecar?:
          | { readonly cpuRequest?: Quantity | undefined; readonly memoryRequest?: Quantity | undefined }
          | undefined;
      }
    | undefined;
  readonly limits?: { readonly dollarsPerDay?: number | undefined } | undefined;
}

/**
 * The most that an agent requests: its containers' requests (a limit without a request is one, as in Kubernetes) and its sidecar's,
 * times its most replicas. Init containers count as if they stayed. Amounts that are not numbers are undefined, and those of a CronJob
 * whose runs may overlap.
 */
export function needsOf(spec: Requesting): Needs {
  return { cpu: sumOf(spec, "cpu"), memory: sumOf(spec, "memory"), dollars: spec.limits?.dollarsPerDay };
}

function sumOf(spec: Requesting, name: "cpu" | "memory"): number | undefined {
  const own = requestOf(spec.runtime?.resources, name);
  if (own === undefined) return undefined;
  const sidecar = spec.dapr?.enabled === false ? 0 : spec.dapr?.sidecar?.[`${name}Request`];
  const others = (spec.runtime?.pod?.initContainers ?? []).map(({ resources }) => requestOf(resources, name) ?? 0);
  const amounts = [own, ...others, sidecar ?? 0].map((amount) => baseUnits(amount));
  const perReplica = amounts.reduce(
    (sum, amount) => (sum === undefined || amount === undefined ? undefined : sum + amount),
    0,
  );
  const replicas = replicasOf(spec);
  return perReplica === undefined || replicas === undefined ? undefined : perReplica * replicas;
}

function requestOf(
  resources: { readonly requests?: Amounts | undefined; readonly limits?: Amounts | undefined } | undefined,
  name: "cpu" | "memory",
): Quantity | undefined {
  return resources?.requests?.[name] ?? resources?.limits?.[name];
}

function replicasOf({ runtime, scaling }: Requesting): number | undefined {
  const workload = runtime?.workload;
  // Runs that may overlap have no most.
  if (workload === "CronJob" && runtime?.job?.concurrencyPolicy === "Allow") return undefined;
  if (isWorkload(workload) && endsByItself(workload)) return runtime?.job?.parallelism ?? 1;
  return Math.max(scaling?.min ?? 1, scaling?.max ?? 1);
}

function isWorkload(text: string | undefined): text is Workload {
  return WORKLOADS.some((workload) => workload === text);
}
