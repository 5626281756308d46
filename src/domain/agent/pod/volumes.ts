import * as z from "zod";
import { mapOf } from "../../values/map-of.ts";
import { DnsLabel, Quantity } from "../../values/scalars.ts";
import { AbsolutePath, Annotations, FileMode, ObjectName, QualifiedName, RelativePath } from "./pod-scalars.ts";

const KeyToPath = z.strictObject({
  key: z.string().min(1).max(253).describe("Key within the object"),
  path: RelativePath.describe("File below the mount"),
  mode: FileMode.optional().describe("Permissions of the file, in decimal: 292 is 0444"),
});
const items = z.array(KeyToPath).max(64).optional().describe("Keys to mount, each as a file; left out: all");
const optional = z.boolean().optional().describe("Whether the pod starts without it");
const defaultMode = FileMode.optional().describe("Permissions of the files, in decimal: 292 is 0444");

const ProjectedSource = z.strictObject({
  secret: z
    .strictObject({ name: ObjectName.describe("Name of the Secret"), items, optional })
    .optional()
    .describe("Keys of a Secret"),
  configMap: z
    .strictObject({ name: ObjectName.describe("Name of the ConfigMap"), items, optional })
    .optional()
    .describe("Keys of a ConfigMap"),
  serviceAccountToken: z
    .strictObject({
      audience: z.string().min(1).max(256).describe("Who the token is for, such as vault; not the API server"),
      expirationSeconds: z.int().min(600).max(86_400).optional().describe("Lifetime; the kubelet renews it"),
      path: RelativePath.describe("File below the mount"),
    })
    .optional()
    .describe("A token of the agent's ServiceAccount for another service"),
  downwardAPI: z
    .strictObject({
      items: z
        .array(
          z.strictObject({
            path: RelativePath.describe("File below the mount"),
            fieldRef: z
              .strictObject({ fieldPath: z.string().max(128).describe("Path of the field, such as metadata.labels") })
              .describe("Field of the pod"),
          }),
        )
        .min(1)
        .max(16)
        .describe("Fields, each as a file"),
    })
    .optional()
    .describe("Fields of the pod"),
});

/** A volume of the pod, with exactly one source. */
export const Volume = z.strictObject({
  name: DnsLabel.describe("Name, by which volumeMounts refer to it"),
  emptyDir: z
    .strictObject({
      medium: z.enum(["", "Memory"]).optional().describe("Memory: a file system in memory, which counts as memory"),
      sizeLimit: Quantity.optional().describe("Most that it may hold"),
    })
    .optional()
    .describe("Empty at the start, lost with the pod"),
  configMap: z
    .strictObject({ name: ObjectName.describe("Name of the ConfigMap"), items, defaultMode, optional })
    .optional()
    .describe("The keys of a ConfigMap, as files"),
  secret: z
    .strictObject({ secretName: ObjectName.describe("Name of the Secret"), items, defaultMode, optional })
    .optional()
    .describe("The keys of a Secret, as files"),
  persistentVolumeClaim: z
    .strictObject({
      claimName: ObjectName.describe("Name of the claim, in the agent's namespace"),
      readOnly: z.boolean().optional().describe("Whether it is mounted for reading only"),
    })
    .optional()
    .describe("A claim that exists already; a volume per replica is runtime.storage"),
  ephemeral: z
    .strictObject({
      accessModes: z
        .array(z.enum(["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]))
        .min(1)
        .max(4)
        .describe("How the volume may be mounted"),
      storageClassName: ObjectName.optional().describe("StorageClass; left out: the cluster's default"),
      storage: Quantity.describe("Size, such as 20Gi"),
    })
    .optional()
    .describe("A claim that is made for the pod and lost with it"),
  projected: z
    .strictObject({
      sources: z.array(ProjectedSource).min(1).max(16).describe("Each with exactly one of its fields"),
      defaultMode,
    })
    .optional()
    .describe("Several sources in one folder"),
  csi: z
    .strictObject({
      driver: ObjectName.describe("Name of the CSI driver, such as secrets-store.csi.k8s.io"),
      readOnly: z.boolean().optional().describe("Whether it is mounted for reading only"),
      fsType: z.string().max(32).optional().describe("Type of the file system"),
      volumeAttributes: Annotations.optional().describe("What the driver wants to know"),
      nodePublishSecretRef: z
        .strictObject({ name: ObjectName.describe("Name of the Secret") })
        .optional()
        .describe("Secret for the driver"),
    })
    .optional()
    .describe("An inline volume of a CSI driver"),
  hostPath: z
    .strictObject({
      path: AbsolutePath.describe("Path on the node"),
      type: z
        .enum(["", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"])
        .optional()
        .describe("What has to be there"),
    })
    .optional()
    .describe("A path of the node; only where the tenant's spec.allow holds hostPath"),
});

/** Where a container finds a volume. */
export const VolumeMount = z.strictObject({
  name: DnsLabel.describe("Name of the volume"),
  mountPath: AbsolutePath.describe("Where the container finds it"),
  subPath: RelativePath.optional().describe("Part of the volume to mount"),
  readOnly: z.boolean().optional().describe("Whether it is mounted for reading only"),
});

/** All keys of a Secret or ConfigMap as environment variables. */
export const EnvFromSource = z.strictObject({
  prefix: z
    .string()
    .max(128)
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not a prefix of variables: letters, digits and '_'")
    .optional()
    .describe("Put before each name"),
  secretRef: z
    .strictObject({ name: ObjectName.describe("Name of the Secret"), optional })
    .optional()
    .describe("A Secret"),
  configMapRef: z
    .strictObject({ name: ObjectName.describe("Name of the ConfigMap"), optional })
    .optional()
    .describe("A ConfigMap"),
});

/** Devices such as GPUs by their resource's name; Kubernetes wants whole numbers, and request and limit to be equal. */
export const ExtendedResources = mapOf(QualifiedName, z.int().min(1).max(1024), 8);
