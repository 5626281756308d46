import * as z from "zod";
import { PortOrName, Seconds } from "./pod-scalars.ts";

const Command = z.array(z.string().max(4096)).min(1).max(64);

const HttpGet = z.strictObject({
  path: z
    .string()
    .max(1024)
    .regex(/^\/[^\s]*$/, "is not a path of an HTTP server; it starts with '/'")
    .optional()
    .describe("Path; left out: /"),
  port: PortOrName.describe("Port, or its name; the agent's own is app"),
  scheme: z.enum(["HTTP", "HTTPS"]).optional().describe("Scheme; left out: HTTP"),
});

/** How the kubelet asks a container. Without a kind the times alone change, and the chart's own kind stays. */
export const Probe = z.strictObject({
  httpGet: HttpGet.optional().describe("An HTTP request; 2xx and 3xx are well"),
  tcpSocket: z
    .strictObject({ port: PortOrName.describe("Port") })
    .optional()
    .describe("A TCP connection"),
  grpc: z
    .strictObject({
      port: z.int().min(1).max(65_535).describe("Port"),
      service: z.string().max(253).optional().describe("Service to ask about"),
    })
    .optional()
    .describe("gRPC's health protocol"),
  exec: z
    .strictObject({ command: Command.describe("Program and arguments") })
    .optional()
    .describe("A command in it; 0 is well"),
  initialDelaySeconds: Seconds.optional().describe("Wait before the first probe"),
  periodSeconds: z.int().min(1).max(86_400).optional().describe("Time between two probes"),
  timeoutSeconds: z.int().min(1).max(3600).optional().describe("How long an answer may take"),
  successThreshold: z.int().min(1).max(100).optional().describe("Successes in a row that count as well again"),
  failureThreshold: z.int().min(1).max(10_000).optional().describe("Failures in a row that count as a failure"),
});

/** What runs before the container is stopped. */
export const Lifecycle = z.strictObject({
  preStop: z
    .strictObject({
      exec: z
        .strictObject({ command: Command.describe("Program and arguments") })
        .optional()
        .describe("A command"),
      httpGet: HttpGet.optional().describe("An HTTP request"),
      sleep: z
        .strictObject({ seconds: z.int().min(1).max(3600).describe("How long") })
        .optional()
        .describe("A pause, such as until the last calls have arrived"),
    })
    .describe("Before the container is asked to stop: exactly one of exec, httpGet and sleep"),
});
