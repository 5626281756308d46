import * as z from "zod";
import { AgentName, DnsLabel, HttpUrl, Labels, Port, Route } from "../values/scalars.ts";
import { PublicHost } from "./public-hosts.ts";

/** The block of a lone address, such as 10.20.0.5/32; an example for any other text. */
function blockOf(text: string): string {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return `${text}/32`;
  return /^[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}$/.test(text) ? `${text}/128` : "10.0.0.0/8";
}

const Cidr = z
  .string()
  .max(49)
  .regex(/^[0-9a-fA-F.:]+\/\d{1,3}$/, { error: ({ input }) => `is not a CIDR block; write ${blockOf(String(input))}` });

const Skill = z.strictObject({
  id: z.string().min(1).max(128).describe("Identifier of the skill, unique within the agent"),
  name: z.string().min(1).max(128).describe("Name of the skill, for people"),
  description: z.string().min(1).max(1024).describe("What the skill does, for people and for other agents"),
  tags: z.array(z.string().min(1).max(64)).min(1).max(32).describe("Words to find the skill by"),
  examples: z.array(z.string().max(1024)).max(16).optional().describe("Requests that the skill answers"),
});

/** The A2A agent card and endpoint. */
export const A2a = z
  .strictObject({
    enabled: z.boolean().default(false).describe("Whether other agents can find and call this one over A2A"),
    skills: z.array(Skill).max(64).optional().describe("What the agent can do, on its card"),
    streaming: z.boolean().optional().describe("Whether the agent streams its answers"),
    provider: z
      .strictObject({
        organization: z.string().min(1).max(128).describe("Name of the organization"),
        url: HttpUrl.describe("Website of the organization"),
      })
      .optional()
      .describe("Who provides the agent, on its card"),
    documentationUrl: HttpUrl.optional().describe("Where the agent is documented, on its card"),
  })
  .describe("The A2A agent card and endpoint");

const Caller = z.strictObject({
  appId: AgentName.describe("Dapr app-id of the caller; an agent's name"),
  namespace: DnsLabel.describe("Kubernetes namespace of the caller"),
  operations: z.array(Route).min(1).max(64).optional().describe("Paths it may call; left out: all"),
  approves: z
    .boolean()
    .optional()
    .describe(
      "Whether it passes on what people say to calls of tools with requireApproval; an agent of the fleet should not. For the stock agent",
    ),
});

/** Who may call an agent. */
export const Access = z
  .strictObject({
    callers: z.array(Caller).max(256).optional().describe("Applications that may call the agent"),
  })
  .describe("Who may call the agent through Dapr; default deny");

const Egress = z.strictObject({
  cidr: Cidr.optional().describe("Addresses the agent may reach, such as 10.0.0.0/8"),
  namespace: DnsLabel.optional().describe("Kubernetes namespace whose pods the agent may reach"),
  podLabels: Labels.optional().describe(
    "Labels of the pods it may reach, in that namespace or, without one, in the agent's own",
  ),
  port: Port.optional().describe("TCP port; left out: all"),
  description: z.string().max(256).optional().describe("What these addresses are, for the reviewer"),
});

const Ingress = z.strictObject({
  namespace: DnsLabel.describe("Kubernetes namespace whose pods may reach the agent"),
  port: Port.optional().describe("TCP port; left out: the agent's"),
});

/** Network traffic beyond what the rest of the spec implies. */
export const Networking = z
  .strictObject({
    egress: z.array(Egress).max(64).optional().describe("Where the agent may connect to"),
    hosts: z.array(PublicHost).max(16).optional().describe("Hosts under which the agent is reached from outside"),
    ingress: z.array(Ingress).max(64).optional().describe("From where the agent may be connected to"),
  })
  .describe("Network traffic beyond what the spec implies; default deny");
