import type { AgentScope, SupervisionScope, ToolEntry } from "../../domain/grant/scope.ts";
import { amountsBeyond } from "../../domain/grant/scope-amounts.ts";
import { coversEgress } from "../../domain/grant/scope-egress.ts";
import { coversExposure } from "../../domain/grant/scope-exposure.ts";
import { coversProgram, type ProgramEntry } from "../../domain/grant/scope-program.ts";
import type { Ancestor } from "../ancestors.ts";
import type { RequestedAgent } from "../lineage-view.ts";
import { type GrantRefusal, type RefusalReason, refusal } from "../refusal.ts";

/**
 * What an agent would get that its parent does not have itself, in each environment: models, tools, network, Secrets, images, its
 * program, stores and topics, its ServiceAccount, what its pods are allowed, disks, who reaches it, and what RAOS may change of it.
 */
export function scopeRefusals(asked: RequestedAgent, parent: Ancestor): readonly GrantRefusal[] {
  const found = asked.environments.flatMap(({ environment, scope }) => {
    const above = Object.hasOwn(parent.scopes, environment) ? parent.scopes[environment] : undefined;
    if (above === undefined)
      return [
        refusal("environment-not-granted", `${parent.agent} is not in ${environment}, so ${asked.agent} cannot be`),
      ];
    return TOPICS.flatMap((topic) => topicRefusals(topic, asked, scope, parent.agent, above));
  });
  return [...new Map(found.map((one) => [one.message, one])).values()];
}

interface Topic {
  readonly reason: RefusalReason;
  readonly what: string;
  readonly pointer: string;
  /** What is in `scope` and not covered by `above`, in words. */
  readonly wider: (scope: AgentScope, above: AgentScope, asked: RequestedAgent) => readonly string[];
}

type Lists = "models" | "secrets" | "identity" | "privileges";
const missing = (list: Lists) => (scope: AgentScope, above: AgentScope) =>
  scope[list].filter((entry) => !above[list].includes(entry));

const TOPICS: readonly Topic[] = [
  { reason: "model-wider-than-parents", what: "model", pointer: "/spec/model", wider: missing("models") },
  { reason: "tools-wider-than-parents", what: "tool", pointer: "/spec/tools", wider: widerTools },
  {
    reason: "egress-wider-than-parents",
    what: "destination",
    pointer: "/spec/networking/egress",
    wider: (scope, above) =>
      scope.egress.filter((entry) => !above.egress.some((wider) => coversEgress(wider, entry))).map(({ name }) => name),
  },
  {
    reason: "secrets-wider-than-parents",
    what: "Secret",
    pointer: "/spec",
    wider: (scope, above) => scope.secrets.filter((entry) => !hasSecret(above, entry)),
  },
  {
    reason: "image-wider-than-parents",
    what: "image",
    pointer: "/spec/runtime/image",
    wider: (scope, above, { brought }) =>
      scope.images.filter((image) => !above.images.includes(image) && !brought.images.includes(image)),
  },
  {
    reason: "program-wider-than-parents",
    what: "setting of its program",
    pointer: "/spec/runtime",
    wider: ({ program }, above, { brought }) => beyondProgram(program, [...above.program, ...brought.program]),
  },
  {
    reason: "dapr-wider-than-parents",
    what: "part of Dapr",
    pointer: "/spec/dapr",
    wider: (scope, above) =>
      scope.dapr.filter(({ target }) => !above.dapr.some((wider) => wider.target === target)).map(({ name }) => name),
  },
  {
    reason: "identity-wider-than-parents",
    what: "right of its ServiceAccount",
    pointer: "/spec/runtime/serviceAccount",
    wider: missing("identity"),
  },
  {
    reason: "privileges-wider-than-parents",
    what: "setting of its pods",
    pointer: "/spec/runtime/pod",
    wider: (scope, above, { brought }) => [
      ...missing("privileges")(scope, above),
      ...amountsBeyond(scope.devices, above.devices).map((name) => `device ${name}`),
      ...beyondProgram(scope.labels, [...above.labels, ...brought.labels]),
    ],
  },
  {
    reason: "storage-wider-than-parents",
    what: "larger disk",
    pointer: "/spec/runtime/storage",
    wider: (scope, above) => amountsBeyond(scope.disks, above.disks),
  },
  {
    reason: "exposure-wider-than-parents",
    what: "caller or host",
    pointer: "/spec/networking",
    wider: (scope, above) =>
      scope.exposure
        .filter((entry) => !above.exposure.some((wider) => coversExposure(wider, entry)))
        .map(({ name }) => name),
  },
  {
    reason: "supervision-wider-than-parents",
    what: "freedom of supervision",
    pointer: "/spec/supervision",
    wider: (scope, above) => beyondSupervision(scope.supervision, above.supervision),
  },
];

function topicRefusals(topic: Topic, asked: RequestedAgent, scope: AgentScope, parent: string, above: AgentScope) {
  const { reason, what, pointer, wider } = topic;
  const entries = wider(scope, above, asked);
  if (entries.length === 0) return [];
  const shown = entries.slice(0, 3).map((entry) => (entry.length > 120 ? `${entry.slice(0, 120)}…` : entry));
  const more = entries.length > shown.length ? ` and ${entries.length - shown.length} more` : "";
  const message = `${asked.agent} would have a ${what} that ${parent} does not have itself: ${shown.join(", ")}${more}; leave it out, or have a person add it to agents/${parent}.yaml first`;
  return [refusal(reason, message, pointer)];
}

function widerTools(scope: AgentScope, above: AgentScope): readonly string[] {
  return scope.tools.flatMap((tool) => {
    const same = above.tools.filter(({ target }) => target === tool.target);
    return same.some((wider) => coversTool(wider, tool)) ? [] : [tool.name];
  });
}

/** Left out, `allow` means every tool. What needs a person's approval in the parent needs it in the child. */
function coversTool(wider: ToolEntry, tool: ToolEntry): boolean {
  const allowed = wider.allow === undefined || (tool.allow?.every((name) => wider.allow?.includes(name)) ?? false);
  const needed = wider.approve.filter((name) => tool.allow === undefined || tool.allow.includes(name));
  return allowed && needed.every((name) => tool.approve.includes(name));
}

function beyondProgram(entries: readonly ProgramEntry[], above: readonly ProgramEntry[]): readonly string[] {
  return entries.filter((entry) => !above.some((wider) => coversProgram(wider, entry))).map(({ name }) => name);
}

/** What RAOS may do to the child without a person, and not to its parent. */
function beyondSupervision(own: SupervisionScope, above: SupervisionScope): readonly string[] {
  const isBelow = (path: string) => above.allowedPaths.some((wider) => path === wider || path.startsWith(`${wider}/`));
  return [
    ...(own.autoMerge && !above.autoMerge ? ["autoMerge"] : []),
    ...own.allowedPaths.filter((path) => !isBelow(path)).map((path) => `allowedPaths ${path}`),
    ...(own.maxChangesPerDay > above.maxChangesPerDay
      ? [`maxChangesPerDay ${own.maxChangesPerDay}, more than ${above.maxChangesPerDay}`]
      : []),
  ];
}

function hasSecret({ secrets }: AgentScope, entry: string): boolean {
  return secrets.includes(entry) || secrets.includes(`${entry.slice(0, entry.lastIndexOf("/"))}/*`);
}
