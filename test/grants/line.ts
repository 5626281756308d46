import type { GrantFacts } from "../../src/domain/fleet.ts";
import type { CreateGrant } from "../../src/domain/grant/create-grant.ts";
import type { Lineage } from "../../src/domain/grant/lineage.ts";
import type { Needs } from "../../src/domain/grant/needs.ts";
import type { AgentScope } from "../../src/domain/grant/scope.ts";
import type { LineageMember, LineageView, RequestedAgent } from "../../src/grants/lineage-view.ts";

export const HOUR = 3_600_000;

export const SCOPE: AgentScope = {
  models: ["openai/gpt-5-mini@"],
  tools: [],
  egress: [],
  secrets: [],
  images: [],
  program: [],
  labels: [],
  dapr: [],
  identity: [],
  privileges: [],
  devices: {},
  disks: {},
  exposure: [],
  supervision: { autoMerge: false, allowedPaths: [], maxChangesPerDay: 3 },
};

export const GRANT: CreateGrant = {
  max: 5,
  maxDepth: 2,
  templates: ["support-agent"],
  budget: { cpu: 2, memory: 4 * 2 ** 30, dollars: 3 },
  perDay: 5,
  timeToLive: 30 * 24 * HOUR,
  sponsor: "@acme/support",
  onDelete: "handOver",
};

export const NEEDS: Needs = { cpu: 0.25, memory: 2 ** 28, dollars: 0.5 };

/** The facts of an agent with a grant. */
export function granting(
  grant: Partial<CreateGrant> = {},
  scope: Partial<AgentScope> = {},
): { readonly grant: GrantFacts } {
  return {
    grant: { createAgents: { ...GRANT, ...grant }, improves: [], scopes: { production: { ...SCOPE, ...scope } } },
  };
}

/** Where an agent comes from: hour 0, its parent, at this depth. */
export function lineageOf(parent: string, depth: number, root = "acme/triage", hour = 0): Lineage {
  return {
    createdBy: { agent: parent, environment: "production" },
    request: `request-${parent.replace("/", "-")}-${depth}-${hour}`,
    root,
    depth,
    createdAt: hour * HOUR,
    sponsor: "@acme/support",
  };
}

/** An agent that exists below the root. */
export function member(agent: string, lineage: Lineage, state: LineageMember["state"] = "deployed"): LineageMember {
  return { agent, lineage, needs: { production: NEEDS }, state };
}

/** A new agent, as its parent asks for it. */
export function asking(agent: string, lineage: Lineage, changed: Partial<RequestedAgent> = {}): RequestedAgent {
  return {
    agent,
    template: "support-agent",
    lineage,
    grant: undefined,
    improves: [],
    environments: [{ environment: "production", scope: SCOPE, needs: NEEDS, before: undefined }],
    isNew: true,
    brought: { images: [], program: [], labels: [] },
    ...changed,
  };
}

type Facts = NonNullable<ReturnType<LineageView["factsOf"]>>;

/** What is known: facts by agent, and the members of the line. Members have the facts of their lineage, too. */
export function viewOf(
  facts: Readonly<Record<string, Omit<Facts, "lineage">>>,
  members: readonly LineageMember[] = [],
  requests: LineageView["requests"] = [],
): LineageView {
  const byKey = new Map(members.map((one) => [one.agent, one]));
  return {
    factsOf: (key) => {
      const own = byKey.get(key);
      const lineage = own === undefined ? {} : { lineage: { lineage: own.lineage, needs: own.needs } };
      return own === undefined && facts[key] === undefined ? undefined : { ...facts[key], ...lineage };
    },
    members,
    requests,
  };
}
