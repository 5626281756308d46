import * as z from "zod";
import { mapOf } from "./map-of.ts";

/** Scalars that several kinds share; the patterns are those of Kubernetes API conventions. */

/** A path inside a repository: `/`-separated, no leading slash, no `.` or `..` segment. */
export type Path = string;
/** A Git object id, 40 (SHA-1) or 64 (SHA-256) hexadecimal digits. */
export type Oid = string;
/** The id of a commit. */
export type Sha = Oid;
/** Milliseconds since the Unix epoch; the pure part is given it and never reads a clock. */
export type Instant = number;
/** RFC 6901 pointer into a document, such as `/spec/runtime/image`. */
export type JsonPointer = string;
/** A JSON value, as YAML or JSON text holds it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** RFC 1123 label, at most 63 characters (Kubernetes names of namespaces, Services). */
export const DnsLabel = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "not a DNS label: lower-case letters, digits and '-', at most 63");

/**
 * Name of an agent: a DNS label of at most 53 characters, because the Helm release takes the name (Helm allows 53)
 * and Dapr's operator makes a Service `<app-id>-dapr` of it (58 would do).
 */
export const AgentName = z
  .string()
  .max(53, "too long: at most 53 characters, the limit of a Helm release name")
  .regex(
    /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
    "not an agent name: lower-case letters, digits and '-', starting with a letter",
  );

/** Kubernetes resource.Quantity: `100m`, `0.5`, `256Mi`, `1e3`. */
export const Quantity = z
  .union([
    z
      .string()
      .max(32)
      .regex(
        /^(\d+|\d+\.\d*|\.\d+)([eE][-+]?\d+|[munkMGTPE]|[KMGTPE]i)?$/,
        "is not a quantity; write 500m, 2 or 512Mi",
      ),
    z.number().nonnegative(),
  ])
  .meta({ description: "A Kubernetes quantity, such as 500m, 2 or 512Mi" });
export type Quantity = z.infer<typeof Quantity>;

/** Go duration as Dapr and Flux read it: `30s`, `1m30s`, `500ms`. */
export const Duration = z
  .string({
    error: ({ input }) => (typeof input === "number" ? `is no duration without a unit; write ${input}s` : undefined),
  })
  .max(32)
  .regex(/^(\d+(\.\d+)?(ms|s|m|h))+$/, "is not a duration; write 30s, 5m or 1h")
  .meta({ description: "A duration, such as 500ms, 30s or 5m" });

/** A container image reference: registry/repository with tag, digest or both. */
export const Image = z
  .string()
  .max(512)
  .regex(
    /^[a-z0-9][a-z0-9.-]*(:\d{1,5})?(\/[a-z0-9][a-z0-9._-]*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$/,
    "is not an image reference; write registry/name:tag or registry/name@sha256:<64 hex digits>",
  );

export const SecretKeyRef = z
  .strictObject({
    name: DnsLabel.meta({ description: "Name of the Secret, in the agent's namespace" }),
    key: z
      .string()
      .min(1)
      .max(253)
      .regex(/^[-._a-zA-Z0-9]+$/, "is not a Secret key")
      .meta({ description: "Key within the Secret" }),
  })
  .meta({ description: "Reference to a Kubernetes Secret; RAOS never holds the value" });

/** `https://host[:port]/path`, or http inside the cluster. */
export const HttpUrl = z
  .string()
  .max(2048)
  .regex(/^https?:\/\/[^\s/?#@]+([/?#][^\s]*)?$/, "is not an http(s) URL without credentials");

export const Port = z.int().min(1).max(65535);

/** A path of an HTTP server. */
export const Route = z
  .string()
  .max(256)
  .regex(/^\/[A-Za-z0-9._~/-]*$/, "is not a path of an HTTP server; it starts with '/'");

/** A container registry, or a prefix of the images in one. */
export const Registry = z
  .string()
  .max(256)
  .regex(/^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9._-]+)*$/, "is not a registry or a prefix of one, such as ghcr.io/acme");

/** Kubernetes labels (k8s.io/apimachinery validation): a prefixed name, and at most 63 characters of value. */
export const Labels = mapOf(
  z
    .string()
    .max(317)
    .regex(
      /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
      "is not a label's name, such as team or example.com/team",
    ),
  z
    .string()
    .max(63)
    .regex(
      /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/,
      "is not a label's value: letters, digits, '-', '_' and '.'",
    ),
  64,
);
