import { agent, type Row, silent } from "../rows.ts";

const pod = (more: string) => `runtime: {image: "ghcr.io/acme/hello:1.0.0", pod: {${more}}}`;
const A = "runtime.pod.affinity";
const T = "runtime.pod.topologySpreadConstraints";

/** Labels, nodes, spreading, users and the pod as a whole. */
export const schedulingRows: readonly Row[] = [
  silent("runtime.pod", "moot", "each of its fields is asked for itself"),
  agent(
    ["runtime.pod.labels", "runtime.pod.annotations"],
    "moot",
    pod("labels: {sidecar.istio.io/inject: 'true'}"),
    "runtime/pod/labels/sidecar.istio.io~1inject: label sidecar.istio.io/inject is set or read by Istio; remove it, or let the platform team add sidecar.istio.io/inject to spec.podMetadata in tenants/demo.yaml",
  ),
  silent("runtime.pod.imagePullSecrets", "moot", "the kubelet tries each of them in turn"),
  silent(
    ["runtime.pod.imagePullSecrets[].name", "runtime.pod.priorityClassName", "runtime.pod.runtimeClassName"],
    ["miss", "moot"],
    "only the cluster knows which of these objects there are, and refuses a pod whose class is none",
  ),
  agent(
    "runtime.pod.extendedResources",
    "nothing",
    pod("extendedResources: {nvidia.com/gpus: 1}"),
    'warning: runtime/pod/extendedResources/nvidia.com~1gpus: most nodes call it nvidia.com/gpu; write that, unless yours have "nvidia.com/gpus"',
  ),
  agent(
    "runtime.pod.extendedResources",
    "moot",
    'runtime: {image: "ghcr.io/acme/hello:1.0.0", resources: {limits: {nvidia.com/gpu: 1}}, pod: {extendedResources: {nvidia.com/gpu: 1}}}',
    "runtime/pod/extendedResources/nvidia.com~1gpu: runtime.resources.limits has nvidia.com/gpu, too; keep one of the two",
  ),
  agent(
    "runtime.pod.nodeSelector",
    "nothing",
    pod("nodeSelector: {kubernetes.io/arch: x86_64}"),
    "warning: runtime/pod/nodeSelector/kubernetes.io~1arch: no node has kubernetes.io/arch: x86_64; there are amd64, arm64, arm, ppc64le, s390x, riscv64",
  ),
  silent(
    ["runtime.pod.nodeSelector", "runtime.pod.tolerations"],
    "moot",
    "they are taken together with affinity, and all have to hold",
  ),
  agent(
    ["runtime.pod.tolerations[].operator", "runtime.pod.tolerations[].value"],
    "moot",
    pod("tolerations: [{key: gpu, operator: Exists, value: a}]"),
    "runtime/pod/tolerations/0/value: Exists takes no value; write operator: Equal, or remove it",
  ),
  agent(
    "runtime.pod.tolerations[].key",
    "moot",
    pod("tolerations: [{value: a}]"),
    "runtime/pod/tolerations/0: without a key the operator has to be Exists; name the taint's key",
  ),
  agent(
    ["runtime.pod.tolerations[].tolerationSeconds", "runtime.pod.tolerations[].effect"],
    "moot",
    pod("tolerations: [{key: gpu, value: a, effect: NoSchedule, tolerationSeconds: 30}]"),
    "runtime/pod/tolerations/0/tolerationSeconds: tolerationSeconds needs effect: NoExecute",
  ),
  agent(
    "runtime.pod.tolerations[].tolerationSeconds",
    "unit",
    pod("tolerations: [{key: gpu, operator: Exists, effect: NoExecute, tolerationSeconds: 300000}]"),
    "runtime/pod/tolerations/0/tolerationSeconds: 300000 is too large; at most 86400",
  ),
  silent(
    ["runtime.pod.tolerations[].**", `${A}.**`],
    "miss",
    "taints and labels of nodes and pods are the cluster's own; those that every cluster has are checked in nodeSelector and topologyKey",
  ),
  agent(
    `${A}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[].matchExpressions[].values`,
    "nothing",
    pod(
      "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In}]}]}}}",
    ),
    "runtime/pod/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms/0/matchExpressions/0: operator In needs values; add them",
  ),
  silent(
    `${A}.**`,
    "moot",
    "terms are joined as Kubernetes joins them, and an operator that its values make moot is a Problem",
  ),
  silent("**.weight", "unit", "a weight has no unit, and goes from 1 to 100"),
  agent(
    `${T}[].topologyKey`,
    "miss",
    pod(
      "topologySpreadConstraints: [{maxSkew: 1, topologyKey: topology.kubernetes.io/zones, whenUnsatisfiable: ScheduleAnyway}]",
    ),
    'warning: runtime/pod/topologySpreadConstraints/0/topologyKey: no node has the label "topology.kubernetes.io/zones"; did you mean "topology.kubernetes.io/zone"?',
  ),
  agent(
    [`${T}[].minDomains`, `${T}[].whenUnsatisfiable`],
    "moot",
    pod(
      "topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, minDomains: 2}]",
    ),
    "runtime/pod/topologySpreadConstraints/0/minDomains: minDomains needs whenUnsatisfiable: DoNotSchedule; write that, or remove it",
  ),
  silent([`${T}[].maxSkew`, `${T}[].minDomains`], "unit", "they are counts without a unit, and bounded"),
  silent(
    [T, `${T}[].maxSkew`, `${T}[].topologyKey`, `${T}[].labelSelector`],
    "moot",
    "each constraint has to hold, and takes the place of the chart's own",
  ),
  agent(
    ["runtime.pod.securityContext", "runtime.pod.securityContext.runAsUser", "runtime.pod.securityContext.runAsGroup"],
    "moot",
    pod("securityContext: {runAsUser: 0}"),
    "runtime/pod/securityContext/runAsUser: the root user is denied; remove it, or let the platform team add rootUser to spec.allow in tenants/demo.yaml",
  ),
  silent(
    ["runtime.pod.securityContext.fsGroup", "runtime.pod.securityContext.supplementalGroups"],
    "moot",
    "groups add to each other",
  ),
  agent(
    ["runtime.pod.hostNetwork", "runtime.pod.hostPID", "runtime.pod.hostIPC"],
    "moot",
    pod("hostNetwork: true"),
    "runtime/pod/hostNetwork: hostNetwork is denied; remove it, or let the platform team add hostNetwork to spec.allow in tenants/demo.yaml",
  ),
  agent(
    "runtime.pod.terminationGracePeriodSeconds",
    "unit",
    pod("terminationGracePeriodSeconds: 30000"),
    "warning: runtime/pod/terminationGracePeriodSeconds: 30000 seconds are 500 minutes; for 30000 milliseconds write 30",
  ),
  silent(
    "runtime.pod.terminationGracePeriodSeconds",
    "moot",
    "what needs more of it, such as preStop, is checked against it",
  ),
];
