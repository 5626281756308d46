import { agent, type Row, silent } from "../rows.ts";

const pod = (more: string) => `runtime: {image: "ghcr.io/acme/hello:1.0.0", pod: {${more}}}`;
const volume = (more: string) => pod(`volumes: [{name: v, ${more}}], volumeMounts: [{name: v, mountPath: /v}]`);
const projected = (source: string) => volume(`projected: {sources: [{${source}}]}`);
const V = "runtime.pod.volumes[]";
const SOURCES = [
  "emptyDir",
  "configMap",
  "secret",
  "persistentVolumeClaim",
  "ephemeral",
  "projected",
  "csi",
  "hostPath",
];
const PROJECTED = ["secret", "configMap", "serviceAccountToken", "downwardAPI"];

/** Volumes, where they are mounted, and variables from Secrets and ConfigMaps. */
export const volumeRows: readonly Row[] = [
  agent(
    ["runtime.pod.volumes", `${V}.name`],
    "moot",
    pod("volumes: [{name: v, emptyDir: {}}]"),
    "runtime/pod/volumes/0: no container mounts volume v; add volumeMounts, or remove it",
  ),
  agent(
    `${V}.name`,
    "miss",
    pod("volumes: [{name: tmp, emptyDir: {}}], volumeMounts: [{name: tmp, mountPath: /v}]"),
    "runtime/pod/volumes/0/name: the chart has a volume tmp of its own; choose another name",
  ),
  agent(
    SOURCES.map((source) => `${V}.${source}`),
    "moot",
    volume("emptyDir: {}, secret: {secretName: s}"),
    "runtime/pod/volumes/0: more than one source; write exactly one of emptyDir, configMap, secret, persistentVolumeClaim, ephemeral, projected, csi and hostPath",
  ),
  agent(
    "runtime.pod.volumes",
    "nothing",
    pod("volumes: [{name: v}], volumeMounts: [{name: v, mountPath: /v}]"),
    "runtime/pod/volumes/0: no source; write exactly one of emptyDir, configMap, secret, persistentVolumeClaim, ephemeral, projected, csi and hostPath",
  ),
  agent(
    `${V}.emptyDir.sizeLimit`,
    "unit",
    volume("emptyDir: {sizeLimit: 512m}"),
    'runtime/pod/volumes/0/emptyDir/sizeLimit: "512m" is less than one MiB; write 512Mi',
  ),
  silent([`${V}.emptyDir.medium`, `${V}.emptyDir.sizeLimit`], "moot", "in memory or on disk, the limit holds"),
  silent(
    [
      `${V}.configMap.**`,
      `${V}.secret.**`,
      `${V}.persistentVolumeClaim.**`,
      `${V}.ephemeral.storageClassName`,
      `${V}.csi.**`,
    ],
    "miss",
    "only the cluster knows which of these objects there are; the pod waits for one that is not, and an alert tells of it",
  ),
  silent([`${V}.configMap.name`, `${V}.secret.secretName`], "moot", "nothing else says what is mounted"),
  silent(
    ["**.items", "**.items[].key", "**.items[].path"],
    "moot",
    "left out, all keys are mounted, and each entry adds a file",
  ),
  agent(
    [`${V}.configMap.items[].mode`, "**.defaultMode"],
    "unit",
    volume("secret: {secretName: s, defaultMode: 0400}"),
    "runtime/pod/volumes/0/secret/defaultMode: 400 is read in decimal, which is 0620; for 0400 write 256",
  ),
  agent(
    [`${V}.configMap.items[].mode`, "**.defaultMode"],
    "unit",
    volume("configMap: {name: c, defaultMode: 644}"),
    "runtime/pod/volumes/0/configMap/defaultMode: 644 is more than 511, which is 0777; for 0644 write 420",
  ),
  silent(["**.items[].mode", "**.defaultMode"], "moot", "a file's own mode wins over the volume's, as in Kubernetes"),
  silent(["**.optional"], "moot", "a missing object is then meant to be missing"),
  silent(
    [
      `${V}.persistentVolumeClaim.claimName`,
      `${V}.persistentVolumeClaim.readOnly`,
      "runtime.pod.volumeMounts[].readOnly",
    ],
    "moot",
    "the stricter of claim and mount holds, as in Kubernetes",
  ),
  agent(
    `${V}.ephemeral.storage`,
    "unit",
    volume("ephemeral: {accessModes: [ReadWriteOnce], storage: 20}"),
    "runtime/pod/volumes/0/ephemeral/storage: 20 is less than one MiB; write 20Mi",
  ),
  agent(
    `${V}.ephemeral.accessModes`,
    "nothing",
    volume("ephemeral: {accessModes: [], storage: 20Gi}"),
    "runtime/pod/volumes/0/ephemeral/accessModes: an empty list is too short; at least 1 entry",
  ),
  silent(`${V}.ephemeral.**`, "moot", "class, size and access mode are about the claim together"),
  agent(
    [...PROJECTED.map((source) => `${V}.projected.sources[].${source}`), `${V}.projected.sources`],
    "moot",
    projected("secret: {name: a}, configMap: {name: b}"),
    "runtime/pod/volumes/0/projected/sources/0: more than one source; write exactly one of secret, configMap, serviceAccountToken and downwardAPI",
  ),
  agent(
    `${V}.projected.sources[].downwardAPI.items[].fieldRef.fieldPath`,
    "miss",
    projected("downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.label}}]}"),
    'runtime/pod/volumes/0/projected/sources/0/downwardAPI/items/0/fieldRef/fieldPath: a pod has no "metadata.label" to give; did you mean "metadata.labels"?',
  ),
  agent(
    "**.expirationSeconds",
    "unit",
    projected("serviceAccountToken: {audience: vault, path: token, expirationSeconds: 60}"),
    "runtime/pod/volumes/0/projected/sources/0/serviceAccountToken/expirationSeconds: 60 is too small; at least 600",
  ),
  agent(
    ["**.sources[].serviceAccountToken.path", "**.sources[].downwardAPI.items[].path"],
    "miss",
    projected("serviceAccountToken: {audience: vault, path: /token}"),
    'runtime/pod/volumes/0/projected/sources/0/serviceAccountToken/path: "/token" is not a path inside of the volume, such as models/small',
  ),
  silent(`${V}.projected.**`, "moot", "each source adds files to the folder"),
  silent(`${V}.projected.sources[].**`, "miss", "only the cluster, or who takes the token, knows these names"),
  silent(`${V}.csi.**`, "moot", "the driver alone reads them, and refuses what it does not know"),
  agent(
    `${V}.hostPath.path`,
    "miss",
    volume("hostPath: {path: /data}"),
    "runtime/pod/volumes/0/hostPath: a path of the node is denied; remove it, or let the platform team add hostPath to spec.allow in tenants/demo.yaml",
  ),
  silent(`${V}.hostPath.**`, "moot", "the type says what has to be at the path"),
  agent(
    "runtime.pod.volumeMounts[].name",
    "miss",
    pod("volumeMounts: [{name: w, mountPath: /v}]"),
    "runtime/pod/volumeMounts/0/name: unknown volume w; add it to runtime.pod.volumes",
  ),
  agent(
    ["runtime.pod.volumeMounts", "runtime.pod.volumeMounts[].name", "runtime.pod.volumeMounts[].mountPath"],
    "moot",
    pod("volumes: [{name: v, emptyDir: {}}], volumeMounts: [{name: v, mountPath: /v}, {name: v, mountPath: /v/}]"),
    "runtime/pod/volumeMounts/1/mountPath: a second mount at /v; name each only once",
  ),
  agent(
    "runtime.pod.volumeMounts[].mountPath",
    "miss",
    pod("volumes: [{name: v, emptyDir: {}}], volumeMounts: [{name: v, mountPath: data}]"),
    "runtime/pod/volumeMounts/0/mountPath: \"data\" is not an absolute path without ':', such as /data",
  ),
  agent(
    "runtime.pod.volumeMounts[].subPath",
    "miss",
    pod("volumes: [{name: v, emptyDir: {}}], volumeMounts: [{name: v, mountPath: /v, subPath: a/../b}]"),
    "runtime/pod/volumeMounts/0/subPath: a path with '..'; write it without",
  ),
  silent("runtime.pod.volumeMounts[].subPath", "moot", "it says which part of the volume is mounted"),
  agent(
    ["runtime.pod.envFrom", "runtime.pod.envFrom[].secretRef", "runtime.pod.envFrom[].configMapRef"],
    "moot",
    pod("envFrom: [{secretRef: {name: a}, configMapRef: {name: b}}]"),
    "runtime/pod/envFrom/0: more than one source; write exactly one of secretRef and configMapRef",
  ),
  agent(
    "runtime.pod.envFrom",
    "nothing",
    pod("envFrom: [{prefix: A_}]"),
    "runtime/pod/envFrom/0: no source; write exactly one of secretRef and configMapRef",
  ),
  silent(
    "runtime.pod.envFrom[].**",
    ["miss", "moot"],
    "only the cluster knows the keys; a variable of runtime.env wins over them",
  ),
];
