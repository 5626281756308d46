/** A Deployment as the API server answers it, as far as its health goes. */
interface Deployment {
  readonly metadata: { readonly generation?: number };
  readonly spec: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly reason?: string }[];
  };
}

/** The health that Argo CD gives a Deployment (gitops-engine, `pkg/health/health_deployment.go`). */
export function deploymentHealth(object: unknown): "Healthy" | "Progressing" | "Degraded" | "Missing" {
  if (!isDeployment(object)) return "Missing";
  const { metadata, spec, status = {} } = object;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0, conditions = [] } = status;
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0)) return "Progressing";
  const progress = conditions.find(({ type }) => type === "Progressing");
  if (progress?.reason === "ProgressDeadlineExceeded") return "Degraded";
  const isWaiting = updatedReplicas < (spec.replicas ?? 1) || replicas > updatedReplicas;
  return isWaiting || availableReplicas < updatedReplicas ? "Progressing" : "Healthy";
}

function isDeployment(object: unknown): object is Deployment {
  return object instanceof Object && "kind" in object && object.kind === "Deployment";
}
