import { agent, type Row, silent } from "../rows.ts";

const pod = (more: string) => `runtime: {image: "ghcr.io/acme/hello:1.0.0", pod: {${more}}}`;
const init = (more: string) => pod(`initContainers: [{name: a, image: "ghcr.io/acme/a:1", ${more}}]`);
const sidecar = (more: string) => init(`restartPolicy: Always, ${more}`);
const I = "runtime.pod.initContainers[]";
const P = `${I}.startupProbe`;

/** Init containers, sidecars, probes and what a container may do. */
export const containerRows: readonly Row[] = [
  silent(
    "runtime.pod.initContainers",
    "moot",
    "each container stands for itself, and a second one of a name is a Problem",
  ),
  agent(
    `${I}.name`,
    "miss",
    pod('initContainers: [{name: daprd, image: "ghcr.io/acme/a:1"}]'),
    "runtime/pod/initContainers/0/name: daprd is the name of another container; choose another one",
  ),
  silent(
    [`${I}.name`, `${I}.image`, `${I}.restartPolicy`],
    "moot",
    "they say what the container is, and nothing else does",
  ),
  agent(
    `${I}.image`,
    "miss",
    pod("initContainers: [{name: a, image: A}]"),
    'runtime/pod/initContainers/0/image: "A" is not an image reference; write registry/name:tag or registry/name@sha256:<64 hex digits>',
  ),
  agent(
    [`${I}.command`, `${I}.args`],
    "nothing",
    init('command: ["sh -c run"]'),
    'warning: runtime/pod/initContainers/0/command/0: no shell takes "sh -c run" apart: it would be the name of one program; write each argument as an entry of its own',
  ),
  silent([`${I}.command`, `${I}.args`, `${I}.workingDir`], "moot", "they go to the container as they are"),
  agent(
    `${I}.workingDir`,
    "miss",
    init("workingDir: app"),
    "runtime/pod/initContainers/0/workingDir: \"app\" is not an absolute path without ':', such as /data",
  ),
  agent(
    `${I}.env`,
    "moot",
    init("env: [{name: A, value: a}, {name: A, value: b}]"),
    "runtime/pod/initContainers/0/env/1/name: a second variable A; name each only once",
  ),
  silent(`${I}.envFrom`, "moot", "a variable of its own wins over them, as in Kubernetes"),
  agent(
    `${I}.resources`,
    "moot",
    init("resources: {requests: {memory: 2Gi}, limits: {memory: 1Gi}}"),
    "runtime/pod/initContainers/0/resources/requests/memory: request 2Gi is more than limit 1Gi; lower the request, or raise the limit",
  ),
  agent(
    `${I}.resources`,
    "nothing",
    init("resources: {limits: {memory: 512m}}"),
    'runtime/pod/initContainers/0/resources/limits/memory: "512m" is less than one MiB; write 512Mi',
  ),
  agent(
    [`${I}.ports`, `${I}.ports[].containerPort`, `${I}.ports[].name`],
    "moot",
    sidecar("ports: [{containerPort: 8080}]"),
    "runtime/pod/initContainers/0/ports/0/containerPort: the agent listens on 8080; choose another port",
  ),
  agent(
    `${I}.ports[].containerPort`,
    "unit",
    sidecar("ports: [{containerPort: 80800}]"),
    "runtime/pod/initContainers/0/ports/0/containerPort: 80800 is too large; at most 65535",
  ),
  agent(
    `${I}.ports[].name`,
    "miss",
    sidecar("ports: [{name: HTTP, containerPort: 9000}]"),
    "runtime/pod/initContainers/0/ports/0/name: \"HTTP\" is not a port's name: lower-case letters, digits and '-', at most 15",
  ),
  agent(
    `${I}.volumeMounts`,
    "moot",
    init("volumeMounts: [{name: v, mountPath: /v}]"),
    "runtime/pod/initContainers/0/volumeMounts/0/name: unknown volume v; add it to runtime.pod.volumes",
  ),
  agent(
    [`${I}.startupProbe`, `${I}.readinessProbe`, `${I}.livenessProbe`, `${I}.lifecycle`],
    "moot",
    init("startupProbe: {tcpSocket: {port: 9000}}"),
    "runtime/pod/initContainers/0/startupProbe: only a sidecar has startupProbe; write restartPolicy: Always, or remove it",
  ),
  agent(
    `${I}.startupProbe`,
    "nothing",
    sidecar("startupProbe: {}"),
    "runtime/pod/initContainers/0/startupProbe: no kind; write exactly one of httpGet, tcpSocket, grpc and exec",
  ),
  agent(
    [`${P}.httpGet`, `${P}.tcpSocket`, `${P}.grpc`, `${P}.exec`],
    "moot",
    sidecar("startupProbe: {tcpSocket: {port: 9000}, exec: {command: [a]}}"),
    "runtime/pod/initContainers/0/startupProbe: more than one kind; write exactly one of httpGet, tcpSocket, grpc and exec",
  ),
  agent(
    `${P}.httpGet.path`,
    "miss",
    pod("readinessProbe: {httpGet: {path: up, port: app}}"),
    "runtime/pod/readinessProbe/httpGet/path: \"up\" is not a path of an HTTP server; it starts with '/'",
  ),
  agent(
    [`${P}.httpGet.port`, `${P}.tcpSocket.port`],
    "unit",
    pod("readinessProbe: {tcpSocket: {port: 0}}"),
    "runtime/pod/readinessProbe/tcpSocket/port: 0 is too small; at least 1",
  ),
  agent(
    [`${P}.httpGet.port`, `${P}.tcpSocket.port`],
    "miss",
    pod("readinessProbe: {httpGet: {port: http}}"),
    "runtime/pod/readinessProbe/httpGet/port: no port is called http; write app",
  ),
  silent(
    [`${P}.httpGet.**`, `${P}.tcpSocket.**`, `${P}.grpc.**`, `${P}.exec.**`],
    "moot",
    "they say how the kubelet asks, and a kind more is a Problem",
  ),
  agent(
    `${P}.grpc.port`,
    "unit",
    pod("readinessProbe: {grpc: {port: 808080}}"),
    "runtime/pod/readinessProbe/grpc/port: 808080 is too large; at most 65535",
  ),
  silent(`${P}.grpc.service`, "miss", "only the server knows which services it has"),
  agent(
    `${P}.exec.command`,
    "nothing",
    pod("livenessProbe: {exec: {command: []}}"),
    "runtime/pod/livenessProbe/exec/command: an empty list is too short; at least 1 entry",
  ),
  agent(
    `${P}.initialDelaySeconds`,
    "unit",
    pod("livenessProbe: {initialDelaySeconds: 5000}"),
    "warning: runtime/pod/livenessProbe/initialDelaySeconds: 5000 seconds are 83 minutes; for 5000 milliseconds write 5",
  ),
  agent(
    `${P}.periodSeconds`,
    "unit",
    pod("livenessProbe: {periodSeconds: 10000}"),
    "warning: runtime/pod/livenessProbe/periodSeconds: 10000 seconds are 167 minutes; for 10000 milliseconds write 10",
  ),
  agent(
    `${P}.timeoutSeconds`,
    "unit",
    pod("livenessProbe: {timeoutSeconds: 500}"),
    "warning: runtime/pod/livenessProbe/timeoutSeconds: 500 seconds are 8 minutes; for 500 milliseconds write 1",
  ),
  silent([`${P}.successThreshold`, `${P}.failureThreshold`], "unit", "they are counts without a unit, and bounded"),
  agent(
    `${P}.successThreshold`,
    "moot",
    pod("livenessProbe: {successThreshold: 3}"),
    "runtime/pod/livenessProbe/successThreshold: Kubernetes wants 1 here; remove it",
  ),
  silent(
    [`${P}.initialDelaySeconds`, `${P}.periodSeconds`, `${P}.timeoutSeconds`, `${P}.failureThreshold`],
    "moot",
    "the kubelet takes any of these together: a longer timeout only delays the next question",
  ),
  agent(
    [
      `${I}.lifecycle.preStop`,
      `${I}.lifecycle.preStop.exec`,
      `${I}.lifecycle.preStop.httpGet`,
      `${I}.lifecycle.preStop.sleep`,
    ],
    "moot",
    pod("lifecycle: {preStop: {sleep: {seconds: 5}, exec: {command: [a]}}}"),
    "runtime/pod/lifecycle/preStop: more than one kind; write exactly one of exec, httpGet and sleep",
  ),
  silent(`${I}.lifecycle.preStop.exec.command`, "moot", "the command runs in the container before it stops"),
  agent(
    `${I}.lifecycle.preStop.sleep.seconds`,
    "unit",
    pod("lifecycle: {preStop: {sleep: {seconds: 5000}}}"),
    "runtime/pod/lifecycle/preStop/sleep/seconds: 5000 is too large; at most 3600",
  ),
  agent(
    `${I}.lifecycle.preStop.sleep.seconds`,
    "moot",
    pod("lifecycle: {preStop: {sleep: {seconds: 60}}}"),
    "runtime/pod/lifecycle/preStop/sleep/seconds: the pod is killed after 45 seconds (runtime.pod.terminationGracePeriodSeconds), before the agent could stop; sleep less, or raise it",
  ),
  agent(
    ["runtime.pod.lifecycle", "runtime.pod.startupProbe", "runtime.pod.readinessProbe", "runtime.pod.livenessProbe"],
    "moot",
    'runtime: {image: "ghcr.io/acme/hello:1.0.0", workload: CronJob, job: {schedule: "@daily"}, pod: {livenessProbe: {tcpSocket: {port: app}}}}',
    "runtime/pod/livenessProbe: a CronJob ends by itself, so this does nothing; remove it",
  ),
  agent(
    [`${I}.securityContext.privileged`, "runtime.pod.containerSecurityContext.privileged"],
    "moot",
    pod("containerSecurityContext: {privileged: true}"),
    "runtime/pod/containerSecurityContext/privileged: a privileged container is denied; remove it, or let the platform team add privileged to spec.allow in tenants/demo.yaml",
  ),
  agent(
    [
      "runtime.pod.containerSecurityContext",
      "runtime.pod.containerSecurityContext.capabilities",
      `${I}.securityContext.capabilities`,
      `${I}.securityContext.capabilities.add`,
    ],
    "moot",
    pod("containerSecurityContext: {capabilities: {add: [NET_ADMIN]}}"),
    "runtime/pod/containerSecurityContext/capabilities/add: an added capability is denied; remove it, or let the platform team add capabilities to spec.allow in tenants/demo.yaml",
  ),
  agent(
    [
      `${I}.securityContext`,
      `${I}.securityContext.readOnlyRootFilesystem`,
      "runtime.pod.containerSecurityContext.readOnlyRootFilesystem",
    ],
    "moot",
    init("securityContext: {readOnlyRootFilesystem: false}"),
    "runtime/pod/initContainers/0/securityContext/readOnlyRootFilesystem: a writable root file system (an emptyDir where the program writes does for most) is denied; remove it, or let the platform team add writableRootFilesystem to spec.allow in tenants/demo.yaml",
  ),
  silent(
    ["**.runAsUser", "**.runAsGroup", "**.fsGroup"],
    "unit",
    "ids have no unit, and every number up to the largest is one",
  ),
  silent(
    [`${I}.securityContext.runAsUser`, `${I}.securityContext.runAsGroup`],
    "moot",
    "a container's own user wins over the pod's, which is what it is for",
  ),
];
