import type { AgentSpec } from "../domain/agent.ts";
import { baseUnits } from "../domain/quantity.ts";
import { show } from "./show.ts";

/** A complaint about an effective spec; the path starts below `/spec`. */
export interface Finding {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** "key" where the key itself is wrong. */
  readonly part?: "key";
}

/** One rule about an effective spec. */
type Rule = (spec: AgentSpec) => readonly Finding[];

/** What the schema cannot say of an agent that stands alone. A new rule is a function below and a line here. */
const RULES: readonly Rule[] = [
  prompts,
  models,
  replicas,
  autoscaling,
  resources,
  storage,
  variables,
  tools,
  components,
  subscriptions,
  skills,
];

/** Everything that does not fit together in a spec as it is in effect. */
export function checkSpec(spec: AgentSpec): readonly Finding[] {
  return RULES.flatMap((rule) => rule(spec));
}

function prompts({ instructions }: AgentSpec): readonly Finding[] {
  if (instructions.inline === undefined || instructions.file === undefined) return [];
  return [{ path: ["instructions", "file"], message: "both inline and file; keep one of the two" }];
}

function models({ model }: AgentSpec): readonly Finding[] {
  if (model.endpoint !== undefined || (model.provider !== "custom" && model.provider !== "azure-openai")) return [];
  return [
    {
      path: ["model", "provider"],
      message: `provider ${model.provider} has no endpoint of its own; add model.endpoint`,
    },
  ];
}

function replicas({ scaling }: AgentSpec): readonly Finding[] {
  const { min = 1, max } = scaling;
  const findings: Finding[] = [];
  if (max !== undefined && min > max)
    findings.push({ path: ["scaling", "min"], message: `min ${min} is more than max ${max}; lower min, or raise max` });
  if (min === 0 && scaling.hpa !== undefined)
    findings.push({
      path: ["scaling", "min"],
      message: "a HorizontalPodAutoscaler cannot scale to 0; write 1, or use keda",
    });
  return findings;
}

function autoscaling({ scaling, runtime, dapr }: AgentSpec): readonly Finding[] {
  const { hpa, keda } = scaling;
  const findings: Finding[] = [];
  if (hpa !== undefined && keda !== undefined)
    findings.push({ path: ["scaling", "keda"], message: "both hpa and keda; keep one of the two" });
  if (hpa !== undefined && hpa.cpu === undefined && hpa.memory === undefined)
    findings.push({ path: ["scaling", "hpa"], message: "hpa has no target; add cpu or memory" });
  for (const name of ["cpu", "memory"] as const) {
    if (
      hpa?.[name] === undefined ||
      (runtime.resources?.requests?.[name] ?? runtime.resources?.limits?.[name]) !== undefined
    )
      continue;
    findings.push({
      path: ["scaling", "hpa", name],
      message: `a percentage of a request there is none of; add runtime.resources.requests.${name}`,
    });
  }
  if (keda === undefined) return findings;
  const { query, threshold, kafkaLag } = keda;
  if (kafkaLag === undefined) {
    if (query === undefined)
      findings.push({
        path: ["scaling", "keda"],
        message: "keda has nothing to scale on; add query and threshold, or kafkaLag",
      });
    else if (threshold === undefined)
      findings.push({
        path: ["scaling", "keda"],
        message: "query without threshold; add the value one replica should take",
      });
  } else if (query !== undefined || threshold !== undefined)
    findings.push({ path: ["scaling", "keda"], message: "both a query and kafkaLag; keep one of the two" });
  else if (dapr.pubsub?.type !== "pubsub.kafka" || (dapr.subscriptions ?? []).length === 0) {
    findings.push({
      path: ["scaling", "keda", "kafkaLag"],
      message:
        "kafkaLag needs dapr.pubsub of type pubsub.kafka and dapr.subscriptions; add them, or use query and threshold",
    });
  }
  return findings;
}

function resources({ runtime }: AgentSpec): readonly Finding[] {
  const { requests, limits } = runtime.resources ?? {};
  return (["cpu", "memory", "ephemeral-storage"] as const).flatMap((name) => {
    const request = requests?.[name];
    const limit = limits?.[name];
    if (request === undefined || limit === undefined) return [];
    const excess = (baseUnits(request) ?? 0) > (baseUnits(limit) ?? Infinity);
    return excess
      ? [
          {
            path: ["runtime", "resources", "requests", name],
            message: `request ${request} is more than limit ${limit}; lower the request, or raise the limit`,
          },
        ]
      : [];
  });
}

function storage({ runtime }: AgentSpec): readonly Finding[] {
  if (runtime.storage === undefined || runtime.workload === "StatefulSet") return [];
  return [
    { path: ["runtime", "storage"], message: "storage needs a StatefulSet; write runtime.workload: StatefulSet" },
  ];
}

function variables({ runtime }: AgentSpec): readonly Finding[] {
  const env = runtime.env ?? [];
  const both = env.flatMap((variable, index) =>
    variable.value !== undefined && variable.valueFrom !== undefined
      ? [
          {
            path: ["runtime", "env", index],
            message: `${variable.name} has both value and valueFrom; keep one of the two`,
          },
        ]
      : [],
  );
  return [...both, ...repeated(env, (variable) => variable.name, ["runtime", "env"], "name", "variable")];
}

function tools({ tools: list = [] }: AgentSpec): readonly Finding[] {
  const findings = list.flatMap((tool, index): readonly Finding[] => {
    if (!("mcp" in tool)) return [];
    const { mcp } = tool;
    const transports = [mcp.streamableHTTP, mcp.sse, mcp.stdio].filter((transport) => transport !== undefined).length;
    const path = ["tools", index, "mcp"];
    return transports === 1
      ? []
      : [
          {
            path,
            message: `${transports === 0 ? "no transport" : "more than one transport"}; write exactly one of streamableHTTP, sse and stdio`,
          },
        ];
  });
  const nameOf = (tool: (typeof list)[number]) =>
    "mcp" in tool ? `MCP server ${tool.mcp.name}` : `peer ${tool.agent.namespace ?? ""}/${tool.agent.name}`;
  return [...findings, ...repeated(list, nameOf, ["tools"], undefined, "")];
}

function components({ dapr }: AgentSpec): readonly Finding[] {
  return (["state", "pubsub"] as const).flatMap((name): readonly Finding[] => {
    const component = dapr[name];
    if (component === undefined) return [];
    if (!component.type.startsWith(`${name}.`))
      return [
        {
          path: ["dapr", name, "type"],
          message: `${show(component.type)} is no ${name} component; write ${name}.redis or the like`,
        },
      ];
    const located =
      component.host !== undefined || component.secretRef !== undefined || component.metadata !== undefined;
    if (located || component.type.endsWith(".in-memory") || component.type === `${name}.redis`) return [];
    return [
      { path: ["dapr", name], message: `nothing says where ${component.type} is; add secretRef, host or metadata` },
    ];
  });
}

function subscriptions({ dapr }: AgentSpec): readonly Finding[] {
  const list = dapr.subscriptions ?? [];
  const findings: Finding[] = [];
  if (list.length > 0 && !dapr.enabled)
    findings.push({
      path: ["dapr", "subscriptions"],
      message: "subscriptions need Dapr; write dapr.enabled: true, or remove them",
    });
  else if (list.length > 0 && dapr.pubsub === undefined)
    findings.push({ path: ["dapr", "subscriptions"], message: "subscriptions need a broker; add dapr.pubsub" });
  for (const [index, { topic, deadLetter }] of list.entries()) {
    if (topic === deadLetter)
      findings.push({
        path: ["dapr", "subscriptions", index, "deadLetter"],
        message: `${topic} would be its own dead letter; write another topic`,
      });
  }
  return [
    ...findings,
    ...repeated(list, (subscription) => subscription.topic, ["dapr", "subscriptions"], "topic", "subscription to"),
  ];
}

function skills({ a2a }: AgentSpec): readonly Finding[] {
  return repeated(a2a.skills ?? [], (skill) => skill.id, ["a2a", "skills"], "id", "skill");
}

/** A complaint for each entry whose name an earlier one has. */
function repeated<T>(
  list: readonly T[],
  nameOf: (entry: T) => string,
  path: readonly (string | number)[],
  field: string | undefined,
  what: string,
): readonly Finding[] {
  const seen = new Set<string>();
  const findings: Finding[] = [];
  for (const [index, entry] of list.entries()) {
    const name = nameOf(entry);
    if (seen.has(name))
      findings.push({
        path: [...path, index, ...(field === undefined ? [] : [field])],
        message: `a second ${`${what} ${name}`.trim()}; each once`,
      });
    seen.add(name);
  }
  return findings;
}
