import * as z from "zod";
import { mapOf } from "../../values/map-of.ts";

/** A name of an object in the agent's namespace, as most kinds have it: an RFC 1123 subdomain. */
export const ObjectName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    "is not an object's name: lower-case letters, digits, '-' and '.'",
  );

/** A label's or resource's name, perhaps with a domain. */
export const QualifiedName = z
  .string()
  .max(317)
  .regex(
    /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    "is not a name such as gpu or example.com/gpu",
  );

/** Annotations of pods and ServiceAccounts. */
export const Annotations = mapOf(QualifiedName, z.string().max(4096), 64);

export const AbsolutePath = z
  .string()
  .max(1024)
  .regex(/^\/[^:]*$/, "is not an absolute path without ':', such as /data");

/** A path inside of a volume. */
export const RelativePath = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^[^/:][^:]*$/, "is not a path inside of the volume, such as models/small");

/** User and group ids of Linux. */
export const UnixId = z.int().min(0).max(2_147_483_647);

/** Permissions in decimal, as JSON has them; who writes 644 most likely means 0644. */
export const FileMode = z
  .int()
  .min(0)
  .max(511, { error: ({ input }) => `is more than 511, which is 0777; ${decimalOf(String(input))}` });

/** A port's number, or its name in the same container; the agent's own port is called `app`. */
export const PortOrName = z.union([
  z.int().min(1).max(65_535),
  z
    .string()
    .max(15)
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "is not a port's name or number"),
]);

export const Seconds = z.int().min(0).max(86_400);

function decimalOf(digits: string): string {
  return /^[0-7]{3}$/.test(digits)
    ? `for 0${digits} write ${Number.parseInt(digits, 8)}`
    : "write the permissions in decimal, such as 292 for 0444";
}
