import type { AgentScope, ToolEntry } from "../../domain/grant/scope.ts";
import { coversEgress } from "../../domain/grant/scope-egress.ts";
import type { Ancestor } from "../ancestors.ts";
import type { RequestedAgent } from "../lineage-view.ts";
import { type GrantRefusal, type RefusalReason, refusal } from "../refusal.ts";

/**
 * What an agent would get that its parent does not have itself, in each environment: models, tools, network, Secrets, images, its
 * ServiceAccount, what its pods are allowed, and who reaches it.
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

type Lists = "models" | "secrets" | "identity" | "privileges" | "exposure";
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
    wider: (scope, above, { templateImages }) =>
      scope.images.filter((image) => !above.images.includes(image) && !templateImages.includes(image)),
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
    wider: missing("privileges"),
  },
  {
    reason: "exposure-wider-than-parents",
    what: "caller or host",
    pointer: "/spec/networking",
    wider: missing("exposure"),
  },
];

function topicRefusals(topic: Topic, asked: RequestedAgent, scope: AgentScope, parent: string, above: AgentScope) {
  const { reason, what, pointer, wider } = topic;
  const entries = wider(scope, above, asked);
  if (entries.length === 0) return [];
  const shown = entries.slice(0, 3).map((entry) => (entry.length > 120 ? `${entry.slice(0, 120)}…` : entry));
  const more = entries.length > shown.length ? ` and ${entries.length - shown.length} more` : "";
  const message = `${asked.agent} would have a ${what} that ${parent} does not have itself: ${shown.join(", ")}${more}`;
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

function hasSecret({ secrets }: AgentScope, entry: string): boolean {
  return secrets.includes(entry) || secrets.includes(`${entry.slice(0, entry.lastIndexOf("/"))}/*`);
}
