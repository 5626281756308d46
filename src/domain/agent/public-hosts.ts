import * as z from "zod";
import { DnsLabel } from "../values/scalars.ts";
import { Annotations } from "./pod/pod-scalars.ts";

const HOST = /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/;

/**
 * A path as the API server takes it in an Ingress and an HTTPRoute: without `//`, and no part is `.` or `..`
 * (kubernetes/pkg/apis/networking/validation, `invalidPathSequences` and `invalidPathSuffixes`).
 */
const PATH =
  /^\/(?:(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*|\.[A-Za-z0-9_~-][A-Za-z0-9._~-]*|\.\.[A-Za-z0-9._~-]+)\/)*(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*|\.[A-Za-z0-9_~-][A-Za-z0-9._~-]*|\.\.[A-Za-z0-9._~-]+)?$/;

/** A DNS name, perhaps with `*.` before it. */
export const HostPattern = z.string().max(253).regex(HOST, "is not a host such as agent.example.com or *.example.com");

/** A host under which the agent is reached from outside of the cluster. */
export const PublicHost = z.strictObject({
  host: HostPattern.describe("Name of the host; spec.hosts of the tenant's file has to cover it"),
  path: z
    .string()
    .max(256)
    .regex(PATH, "is not a path of an HTTP server; it starts with '/', and no part of it is empty, '.' or '..'")
    .optional()
    .describe("Path below which calls go to the agent; left out: /"),
  ingress: z
    .strictObject({
      ingressClassName: DnsLabel.optional().describe("IngressClass; left out: the cluster's default"),
      tlsSecretName: DnsLabel.optional().describe("Secret with the certificate; left out: plain http"),
      annotations: Annotations.optional().describe(
        "Annotations for the ingress controller, such as nginx.ingress.kubernetes.io/proxy-read-timeout; what reaches beyond this host, such as a snippet, only where spec.ingressAnnotations of the tenant's file names it",
      ),
    })
    .optional()
    .describe("By an Ingress"),
  httpRoute: z
    .strictObject({
      parentRefs: z
        .array(
          z.strictObject({
            name: DnsLabel.describe("Name of the Gateway"),
            namespace: DnsLabel.optional().describe("Namespace of the Gateway; left out: the agent's"),
            sectionName: DnsLabel.optional().describe("Listener of the Gateway; left out: each"),
          }),
        )
        .min(1)
        .max(8)
        .describe("Gateways that serve the host"),
    })
    .optional()
    .describe("By an HTTPRoute of the Gateway API"),
});

/** Whether a tenant's pattern covers a host: it is the same, or `*.` stands for one or more labels. */
export function coversHost(pattern: string, host: string): boolean {
  if (pattern === host) return true;
  return pattern.startsWith("*.") && host.endsWith(pattern.slice(1)) && host !== pattern.slice(2);
}
