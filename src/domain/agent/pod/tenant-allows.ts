import * as z from "zod";

/** What agents do not get unless their tenant's file, which the platform team owns, allows it by name. */
export const POD_PRIVILEGES = [
  "capabilities",
  "hostIPC",
  "hostNetwork",
  "hostPID",
  "hostPath",
  "metadataServer",
  "privileged",
  "rootUser",
  "writableRootFilesystem",
] as const;

export const PodPrivilege = z.enum(POD_PRIVILEGES);
export type PodPrivilege = z.infer<typeof PodPrivilege>;

/**
 * Those that the level `baseline` of the Pod Security Standards refuses, so that the tenant's namespace has to enforce
 * `privileged`: https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export const BEYOND_BASELINE: ReadonlySet<PodPrivilege> = new Set<PodPrivilege>([
  "capabilities",
  "hostIPC",
  "hostNetwork",
  "hostPID",
  "hostPath",
  "privileged",
]);
