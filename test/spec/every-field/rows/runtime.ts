import { agent, type Row, silent } from "../rows.ts";

const runtime = (more: string) => `runtime: {image: "ghcr.io/acme/hello:1.0.0", ${more}}`;
const amount = (kind: string, name: string, value: string) => runtime(`resources: {${kind}: {${name}: ${value}}}`);

/** The agent's own container, apart from what is in runtime.pod. */
export const runtimeRows: readonly Row[] = [
  silent("runtime", "moot", "it is about the agent's container, which there always is"),
  agent(
    "runtime.image",
    "miss",
    'runtime: {image: "ghcr.io/Acme/hello"}',
    'runtime/image: "ghcr.io/Acme/hello" is not an image reference; write registry/name:tag or registry/name@sha256:<64 hex digits>',
  ),
  silent(
    "runtime.image",
    "moot",
    "left out, the stock runtime is used; a tag that does not exist only the registry knows",
  ),
  agent("runtime.port", "unit", runtime('port: "8080"'), 'runtime/port: "8080" is a string; write 8080 without quotes'),
  agent(
    "runtime.port",
    "nothing",
    runtime("port: 80"),
    "warning: runtime/port: the agent is not root, and many nodes let only root listen on ports below 1024; write another, such as 8080",
  ),
  agent(
    "runtime.port",
    "moot",
    runtime("port: 3500"),
    "runtime/port: Dapr's sidecar listens on 3500; let the agent use another port",
  ),
  agent(
    "runtime.port",
    "moot",
    runtime('env: [{name: PORT, value: "9000"}]'),
    'warning: runtime/env/0/value: the agent is called at runtime.port, which is 8080; write runtime.port: "9000", and remove the variable',
  ),
  silent(
    "runtime.protocol",
    "moot",
    "it is also the name of the port, which meshes read, so that it says something without Dapr, too",
  ),
  agent(
    "runtime.framework",
    "moot",
    `${runtime("framework: dapr-agents")}\ndapr: {enabled: false}`,
    "runtime/framework: dapr-agents is nothing without Dapr; write dapr.enabled: true, or another framework",
  ),
  silent("runtime.workload", "moot", "what does not fit it is a Problem at the other field"),
  agent(
    ["runtime.command", "runtime.args"],
    "nothing",
    runtime('command: ["python -m agent"]'),
    'warning: runtime/command/0: no shell takes "python -m agent" apart: it would be the name of one program; write each argument as an entry of its own',
  ),
  silent(
    ["runtime.command", "runtime.args"],
    "moot",
    "arguments without a command are given to the image's own entry point",
  ),
  agent(
    "runtime.resources.requests.cpu",
    "unit",
    amount("limits", "cpu", "500"),
    "runtime/resources/limits/cpu: 500 are cores; write 500m",
  ),
  agent(
    "runtime.resources.requests.memory",
    "unit",
    amount("limits", "memory", "512m"),
    'runtime/resources/limits/memory: "512m" is less than one MiB; write 512Mi',
  ),
  agent(
    "runtime.resources.requests.ephemeral-storage",
    "unit",
    amount("requests", "ephemeral-storage", "2"),
    "runtime/resources/requests/ephemeral-storage: 2 is less than one MiB; write 2Mi",
  ),
  agent(
    ["runtime.resources.requests.nvidia.com/gpu", "runtime.resources.requests.amd.com/gpu"],
    "unit",
    amount("limits", "nvidia.com/gpu", "0.5"),
    "runtime/resources/limits/nvidia.com~1gpu: 0.5 is not a whole number; write a whole number",
  ),
  agent(
    ["runtime.resources.requests.nvidia.com/gpu", "runtime.resources.requests.amd.com/gpu"],
    "moot",
    amount("requests", "nvidia.com/gpu", "1"),
    "runtime/resources/requests/nvidia.com~1gpu: Kubernetes wants devices as a limit, and a request of the same number; write limits.nvidia.com/gpu: 1",
  ),
  agent(
    ["runtime.resources", "runtime.resources.requests", "runtime.resources.limits", "runtime.resources.requests.cpu"],
    "moot",
    runtime("resources: {requests: {cpu: 2}, limits: {cpu: 1}}"),
    "runtime/resources/requests/cpu: request 2 is more than limit 1; lower the request, or raise the limit",
  ),
  agent(
    "runtime.resources.requests.memory",
    "moot",
    amount("limits", "memory", "3Gi"),
    "runtime/resources/limits/memory: 3Gi is more than tenant demo lets a container have; write at most 2Gi",
    { tenant: "limits: {max: {memory: 2Gi}}" },
  ),
  agent(
    "runtime.resources.requests.memory",
    "moot",
    `${amount("requests", "memory", "512Mi")}\nscaling: {min: 4}`,
    "runtime/resources/requests/memory: 4 replicas of 512Mi do not fit into the quota of tenant demo, 1Gi; request less, or let the platform team raise spec.quota.memory",
    { tenant: "quota: {memory: 1Gi}" },
  ),
  silent("runtime.resources.requests.ephemeral-storage", "moot", "no other field bounds the disk of a container"),
  agent(
    ["runtime.env", "runtime.env[].name"],
    "moot",
    runtime("env: [{name: A, value: a}, {name: A, value: b}]"),
    "runtime/env/1/name: a second variable A; name each only once",
  ),
  agent(
    "runtime.env[].name",
    "miss",
    runtime("env: [{name: LOG-LEVEL, value: info}]"),
    "runtime/env/0/name: \"LOG-LEVEL\" is not an environment variable name: letters, digits and '_'",
  ),
  agent(
    "runtime.env[].value",
    "miss",
    runtime("env: [{name: A, value: 1}]"),
    "runtime/env/0/value: this value is not a string; put it in quotes",
  ),
  agent(
    "runtime.env[].valueFrom",
    "nothing",
    runtime("env: [{name: A}]"),
    "warning: runtime/env/0: A has neither value nor valueFrom, so that it is empty; add one of the two",
  ),
  agent(
    ["runtime.env[].value", "runtime.env[].valueFrom"],
    "moot",
    runtime("env: [{name: A, value: a, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]"),
    "runtime/env/0: A has both value and valueFrom; keep one of the two",
  ),
  agent(
    [
      "runtime.env[].valueFrom.secretKeyRef",
      "runtime.env[].valueFrom.configMapKeyRef",
      "runtime.env[].valueFrom.fieldRef",
    ],
    "moot",
    runtime("env: [{name: A, valueFrom: {secretKeyRef: {name: a, key: b}, configMapKeyRef: {name: a, key: b}}}]"),
    "runtime/env/0/valueFrom: secretKeyRef and configMapKeyRef exclude each other; keep one of them",
  ),
  agent(
    "runtime.env[].valueFrom.secretKeyRef.key",
    "miss",
    runtime(
      "env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: pasword}}}], externalSecrets: [{name: db, secretStoreRef: {kind: SecretStore, name: v}, data: [{secretKey: password, remoteRef: {key: k}}]}]",
    ),
    'runtime/env/0/valueFrom/secretKeyRef/key: Secret db of runtime.externalSecrets has no key "pasword"; did you mean "password"?',
    { tenant: "secretStores: [{kind: SecretStore, name: v}]" },
  ),
  silent(
    [
      "runtime.env[].valueFrom.secretKeyRef.name",
      "runtime.env[].valueFrom.configMapKeyRef.name",
      "runtime.env[].valueFrom.configMapKeyRef.key",
    ],
    "miss",
    "only the cluster knows which Secrets and ConfigMaps there are; the alert AgentSecretMissing tells of one that is not",
  ),
  silent(
    [
      "runtime.env[].valueFrom.secretKeyRef.name",
      "runtime.env[].valueFrom.secretKeyRef.key",
      "runtime.env[].valueFrom.configMapKeyRef.name",
      "runtime.env[].valueFrom.configMapKeyRef.key",
      "runtime.env[].valueFrom.fieldRef.fieldPath",
    ],
    "moot",
    "they say together where the value is, and nothing else does",
  ),
  agent(
    "runtime.env[].valueFrom.fieldRef.fieldPath",
    "miss",
    runtime("env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.nam}}}]"),
    'runtime/env/0/valueFrom/fieldRef/fieldPath: a pod has no "metadata.nam" to give; did you mean "metadata.name"?',
  ),
  agent(
    "runtime.healthPath",
    "miss",
    runtime("healthPath: healthz"),
    `runtime/healthPath: "healthz" is not a path of an HTTP server; it starts with '/'`,
  ),
  agent(
    "runtime.healthPath",
    "moot",
    runtime("healthPath: /up, pod: {readinessProbe: {tcpSocket: {port: app}}}"),
    "warning: runtime/healthPath: the probes ask as runtime.pod.readinessProbe says; remove it, or the probe's kind",
  ),
  agent(
    "runtime.healthPath",
    "moot",
    runtime("healthPath: /up, protocol: grpc"),
    "warning: runtime/healthPath: an agent of protocol grpc is asked by gRPC's health protocol; remove it, or add probes",
  ),
  agent(
    ["runtime.storage", "runtime.storage.size", "runtime.storage.mountPath", "runtime.storage.storageClassName"],
    "moot",
    runtime("storage: {size: 1Gi, mountPath: /data}"),
    "runtime/storage: storage needs a StatefulSet; write runtime.workload: StatefulSet",
  ),
  agent(
    "runtime.storage.size",
    "unit",
    runtime("workload: StatefulSet, storage: {size: 10, mountPath: /data}"),
    "runtime/storage/size: 10 is less than one MiB; write 10Mi",
  ),
  agent(
    "runtime.storage.mountPath",
    "miss",
    runtime("workload: StatefulSet, storage: {size: 10Gi, mountPath: /etc/raos}"),
    "runtime/storage/mountPath: RAOS keeps the agent's instructions and its lists of tools in /etc/raos; choose another folder",
  ),
  silent(["runtime.storage.storageClassName"], "miss", "only the cluster knows which StorageClasses there are"),
  agent(
    "runtime.strategy",
    "moot",
    runtime("workload: StatefulSet, strategy: Recreate"),
    "runtime/strategy: a StatefulSet has no strategy; remove it",
  ),
];
