import { describe, expect, test } from "vitest";
import { problemsOf } from "../problems-of.ts";

const IMAGE = 'image: "ghcr.io/acme/hello:1.0.0"';
const pod = (text: string, tenant = "") => problemsOf(`runtime: {${IMAGE}, pod: {${text}}}`, tenant);

test("a pod with all that agents need has no Problems", () => {
  expect(
    problemsOf(`runtime:
  image: ghcr.io/acme/hello:1.0.0
  strategy: Recreate
  resources: {requests: {nvidia.com/gpu: 1}, limits: {memory: 2Gi, nvidia.com/gpu: 1}}
  pod:
    labels: {team: search}
    annotations: {example.com/owner: "Search, and others"}
    volumes:
      - {name: cache, emptyDir: {sizeLimit: 5Gi}}
      - {name: shm, emptyDir: {medium: Memory, sizeLimit: 1Gi}}
      - {name: settings, configMap: {name: hello.settings, items: [{key: a, path: a.yaml}]}}
      - {name: certificates, secret: {secretName: hello-tls, optional: true}}
      - {name: models, persistentVolumeClaim: {claimName: models, readOnly: true}}
      - {name: scratch, ephemeral: {accessModes: [ReadWriteOnce], storage: 20Gi}}
      - {name: token, projected: {sources: [{serviceAccountToken: {audience: vault, path: token}}, {secret: {name: ca}}]}}
      - {name: vault, csi: {driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: {secretProviderClass: hello}}}
    volumeMounts:
      - {name: cache, mountPath: /cache}
      - {name: shm, mountPath: /dev/shm}
      - {name: settings, mountPath: /etc/hello, readOnly: true}
      - {name: certificates, mountPath: /etc/tls}
      - {name: models, mountPath: /models, subPath: small}
      - {name: scratch, mountPath: /scratch}
      - {name: token, mountPath: /var/run/vault}
      - {name: vault, mountPath: /mnt/secrets}
    envFrom: [{secretRef: {name: hello-keys}}, {prefix: X_, configMapRef: {name: hello}}]
    initContainers:
      - {name: fetch, image: "ghcr.io/acme/fetch:1", volumeMounts: [{name: cache, mountPath: /tmp}]}
      - name: proxy
        image: ghcr.io/acme/proxy:2
        restartPolicy: Always
        ports: [{name: sql, containerPort: 5432}]
        startupProbe: {tcpSocket: {port: sql}}
        env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}]
    imagePullSecrets: [{name: registry}]
    nodeSelector: {kubernetes.io/arch: amd64}
    tolerations: [{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}]
    affinity:
      nodeAffinity:
        requiredDuringSchedulingIgnoredDuringExecution:
          nodeSelectorTerms: [{matchExpressions: [{key: gpu, operator: In, values: [a100, h100]}]}]
    topologySpreadConstraints: [{maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule}]
    priorityClassName: batch
    runtimeClassName: gvisor
    extendedResources: {nvidia.com/mig-1g.5gb: 1}
    securityContext: {runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000, supplementalGroups: [44]}
    terminationGracePeriodSeconds: 120
    lifecycle: {preStop: {sleep: {seconds: 10}}}
    startupProbe: {failureThreshold: 100}
    readinessProbe: {grpc: {port: 9000, service: agent}}
    livenessProbe: {exec: {command: [/bin/alive]}, periodSeconds: 30}
`),
  ).toEqual([]);
});

describe("what the API server would refuse, or what would do nothing, is a Problem", () => {
  test.each<[string, string]>([
    [
      "volumes: [{name: a}], volumeMounts: [{name: a, mountPath: /a}]",
      "runtime/pod/volumes/0: no source; write exactly one of emptyDir, configMap, secret, persistentVolumeClaim, ephemeral, projected, csi and hostPath",
    ],
    [
      "volumes: [{name: a, emptyDir: {}, secret: {secretName: b}}], volumeMounts: [{name: a, mountPath: /a}]",
      "runtime/pod/volumes/0: more than one source; write exactly one of emptyDir, configMap, secret, persistentVolumeClaim, ephemeral, projected, csi and hostPath",
    ],
    [
      "volumes: [{name: a, emptyDir: {}}]",
      "runtime/pod/volumes/0: no container mounts volume a; add volumeMounts, or remove it",
    ],
    [
      "volumes: [{name: tmp, emptyDir: {}}], volumeMounts: [{name: tmp, mountPath: /a}]",
      "runtime/pod/volumes/0/name: the chart has a volume tmp of its own; choose another name",
    ],
    [
      "volumeMounts: [{name: b, mountPath: /a}]",
      "runtime/pod/volumeMounts/0/name: unknown volume b; add it to runtime.pod.volumes",
    ],
    ["envFrom: [{prefix: A}]", "runtime/pod/envFrom/0: no source; write exactly one of secretRef and configMapRef"],
    [
      'initContainers: [{name: agent, image: "a/b:1"}]',
      "runtime/pod/initContainers/0/name: agent is the name of another container; choose another one",
    ],
    [
      'initContainers: [{name: a, image: "a/b:1", readinessProbe: {tcpSocket: {port: 1}}}]',
      "runtime/pod/initContainers/0/readinessProbe: only a sidecar has readinessProbe; write restartPolicy: Always, or remove it",
    ],
    [
      'initContainers: [{name: a, image: "a/b:1", restartPolicy: Always, ports: [{containerPort: 3500}]}]',
      "runtime/pod/initContainers/0/ports/0/containerPort: Dapr's sidecar listens on 3500; choose another port",
    ],
    [
      'initContainers: [{name: a, image: "a/b:1", restartPolicy: Always, ports: [{containerPort: 8080}]}]',
      "runtime/pod/initContainers/0/ports/0/containerPort: the agent listens on 8080; choose another port",
    ],
    [
      'initContainers: [{name: a, image: "a/b:1", resources: {requests: {memory: 2Gi}, limits: {memory: 1Gi}}}]',
      "runtime/pod/initContainers/0/resources/requests/memory: request 2Gi is more than limit 1Gi; lower the request, or raise the limit",
    ],
    [
      "readinessProbe: {tcpSocket: {port: app}, exec: {command: [a]}}",
      "runtime/pod/readinessProbe: more than one kind; write exactly one of httpGet, tcpSocket, grpc and exec",
    ],
    [
      "livenessProbe: {successThreshold: 2}",
      "runtime/pod/livenessProbe/successThreshold: Kubernetes wants 1 here; remove it",
    ],
    ["startupProbe: {httpGet: {port: web}}", "runtime/pod/startupProbe/httpGet/port: no port is called web; write app"],
    [
      "lifecycle: {preStop: {sleep: {seconds: 60}}}",
      "runtime/pod/lifecycle/preStop/sleep/seconds: the pod is killed after 45 seconds (runtime.pod.terminationGracePeriodSeconds), before the agent could stop; sleep less, or raise it",
    ],
    [
      "tolerations: [{value: a}]",
      "runtime/pod/tolerations/0: without a key the operator has to be Exists; name the taint's key",
    ],
    [
      "tolerations: [{key: a, operator: Exists, value: b}]",
      "runtime/pod/tolerations/0/value: Exists takes no value; write operator: Equal, or remove it",
    ],
    [
      "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In}]}]}}}",
      "runtime/pod/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms/0/matchExpressions/0: operator In needs values; add them",
    ],
    [
      "extendedResources: {memory: 1}",
      "runtime/pod/extendedResources/memory: is not a device, such as nvidia.com/gpu; cpu and memory are in runtime.resources",
    ],
  ])("%s", (text, said) => {
    expect(pod(text)).toEqual([said]);
  });

  test.each([
    ["/tmp", "/tmp is a volume of the chart's; choose a folder below it, or another one"],
    ["/etc/raos/x", "RAOS keeps the agent's instructions and its lists of tools in /etc/raos; choose another folder"],
    ["//", "the root of the container's files; mount a folder below it"],
    ["/dev/", "/dev belongs to the system; choose another folder"],
    ["/a/../etc", "a path with '..'; write it without"],
  ])("a mount at %s", (path, said) => {
    const text = `volumes: [{name: a, emptyDir: {}}], volumeMounts: [{name: a, mountPath: ${path}}]`;
    expect(pod(text)).toEqual([`runtime/pod/volumeMounts/0/mountPath: ${said}`]);
    if (path === "/a/../etc") return;
    expect(problemsOf(`runtime: {${IMAGE}, workload: StatefulSet, storage: {size: 1Gi, mountPath: ${path}}}`)).toEqual([
      `runtime/storage/mountPath: ${said}`,
    ]);
  });

  test("a GPU without a limit, and a strategy of a StatefulSet", () => {
    expect(problemsOf(`runtime: {${IMAGE}, resources: {requests: {nvidia.com/gpu: 2}}}`)).toEqual([
      "runtime/resources/requests/nvidia.com~1gpu: Kubernetes wants devices as a limit, and a request of the same number; write limits.nvidia.com/gpu: 2",
    ]);
    expect(problemsOf(`runtime: {${IMAGE}, workload: StatefulSet, strategy: Recreate}`)).toEqual([
      "runtime/strategy: a StatefulSet has no strategy; remove it",
    ]);
  });
});

describe("what the tenant's file has to allow by name", () => {
  const denied = (what: string, privilege: string) =>
    `${what} is denied; remove it, or let the platform team add ${privilege} to spec.allow in tenants/demo.yaml`;
  const INIT = 'initContainers: [{name: a, image: "a/b:1", securityContext:';
  test.each<[string, string, string, string]>([
    ["hostNetwork: true", "hostNetwork", "runtime/pod/hostNetwork", "hostNetwork"],
    ["hostPID: true", "hostPID", "runtime/pod/hostPID", "hostPID"],
    ["hostIPC: true", "hostIPC", "runtime/pod/hostIPC", "hostIPC"],
    [
      "volumes: [{name: a, hostPath: {path: /x}}], volumeMounts: [{name: a, mountPath: /a}]",
      "hostPath",
      "runtime/pod/volumes/0/hostPath",
      "a path of the node",
    ],
    ["securityContext: {runAsUser: 0}", "rootUser", "runtime/pod/securityContext/runAsUser", "the root user"],
    [
      "containerSecurityContext: {privileged: true}",
      "privileged",
      "runtime/pod/containerSecurityContext/privileged",
      "a privileged container",
    ],
    [
      "containerSecurityContext: {readOnlyRootFilesystem: false}",
      "writableRootFilesystem",
      "runtime/pod/containerSecurityContext/readOnlyRootFilesystem",
      "a writable root file system (an emptyDir where the program writes does for most)",
    ],
    [
      `${INIT} {capabilities: {add: [NET_ADMIN]}}}]`,
      "capabilities",
      "runtime/pod/initContainers/0/securityContext/capabilities/add",
      "an added capability",
    ],
    [`${INIT} {runAsUser: 0}}]`, "rootUser", "runtime/pod/initContainers/0/securityContext/runAsUser", "the root user"],
    [
      `${INIT} {privileged: true}}]`,
      "privileged",
      "runtime/pod/initContainers/0/securityContext/privileged",
      "a privileged container",
    ],
  ])("%s", (text, privilege, pointer, what) => {
    expect(pod(text)).toEqual([`${pointer}: ${denied(what, privilege)}`]);
    expect(pod(text, `allow: [${privilege}]`)).toEqual([]);
  });

  test("labels and annotations that programs in the cluster obey", () => {
    const text = "annotations: {sidecar.istio.io/inject: 'true'}";
    expect(pod(text)).toEqual([
      "runtime/pod/annotations/sidecar.istio.io~1inject: annotation sidecar.istio.io/inject is set or read by Istio; remove it, or let the platform team add sidecar.istio.io/inject to spec.podMetadata in tenants/demo.yaml",
    ]);
    expect(pod(text, "podMetadata: [istio.io/]")).toEqual([]);
    const own = "annotations: {dapr.io/config: other}, labels: {app.kubernetes.io/name: other}";
    expect(pod(own, "podMetadata: [dapr.io/, app.kubernetes.io/]")).toHaveLength(2);
  });
});

test("the bot may not be allowed to change what a pod is, and an overlay changes a probe's kind", () => {
  for (const path of [
    "/spec/runtime/pod",
    "/spec/runtime/pod/volumes",
    "/spec/runtime/serviceAccount",
    "/spec/networking/hosts",
  ])
    expect(problemsOf(`supervision: {allowedPaths: [${path}]}`)).toEqual([
      `supervision/allowedPaths/0: only people may change ${path}; remove it`,
    ]);
  const spec = `runtime: {${IMAGE}, pod: {readinessProbe: {httpGet: {port: app}}}}
environments: {staging: {runtime: {pod: {readinessProbe: {tcpSocket: {port: app}}}}}}`;
  expect(problemsOf(spec)).toEqual([]);
});
