import type { AgentSpec } from "../../domain/agent/agent.ts";
import type { Json } from "../../domain/values/scalars.ts";
import { filled, type Section, section, unless } from "../section.ts";
import { plainJson, pod } from "./pod.ts";
import type { ScalingMode } from "./scaling.ts";

type Resources = NonNullable<AgentSpec["runtime"]["resources"]>;

/** The requests of an agent whose spec has none: enough for an interpreter and a model client. */
const modest: Resources = { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } };

/** The container that runs the agent. `runtimeImage` is the image of agents without their own; `stock`, whether the stock agent runs. */
export function runtime(spec: AgentSpec, mode: ScalingMode, runtimeImage: string, stock: boolean): Section {
  const own = spec.runtime;
  return {
    image: own.image ?? runtimeImage,
    stock: stock ? true : undefined,
    framework: unless("openai-agents", own.framework),
    workload: unless("Deployment", own.workload),
    port: unless(8080, own.port),
    protocol: unless("http", own.protocol),
    healthPath: unless("/healthz", own.healthPath),
    command: filled(own.command),
    args: filled(own.args),
    resources: resources(own.resources ?? modest, mode),
    env: filled(own.env?.map(variable)),
    storage:
      own.workload === "StatefulSet" && own.storage !== undefined ? (section(own.storage) ?? undefined) : undefined,
    strategy: unless("RollingUpdate", own.strategy),
    job: own.job === undefined ? undefined : plainJson(own.job),
    serviceAccount: own.serviceAccount === undefined ? undefined : plainJson(own.serviceAccount),
    externalSecrets: filled(own.externalSecrets?.map((each) => plainJson(each))),
    pod: pod(spec),
  };
}

/** An HPA reads utilisation as a share of the request, so what it scales on needs one. */
function resources(own: Resources, mode: ScalingMode): Json | undefined {
  const requests = { ...own.requests };
  if (mode.kind === "hpa") {
    if (mode.cpu !== undefined) requests.cpu ??= own.limits?.cpu ?? "100m";
    if (mode.memory !== undefined) requests.memory ??= own.limits?.memory ?? "256Mi";
  }
  return section({ requests: section(requests), limits: section({ ...own.limits }) });
}

type Variable = NonNullable<AgentSpec["runtime"]["env"]>[number];

function variable(own: Variable): Json {
  const { name, value, valueFrom } = own;
  if (valueFrom === undefined) return { name, value: value ?? "" };
  if ("secretKeyRef" in valueFrom)
    return {
      name,
      valueFrom: { secretKeyRef: { name: valueFrom.secretKeyRef.name, key: valueFrom.secretKeyRef.key } },
    };
  if ("configMapKeyRef" in valueFrom)
    return {
      name,
      valueFrom: { configMapKeyRef: { name: valueFrom.configMapKeyRef.name, key: valueFrom.configMapKeyRef.key } },
    };
  return { name, valueFrom: { fieldRef: { fieldPath: valueFrom.fieldRef.fieldPath } } };
}
