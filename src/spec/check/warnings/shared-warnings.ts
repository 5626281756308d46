import type { SharedInputs, Snapshot } from "../../../domain/fleet.ts";
import type { Config, Tenant } from "../../../domain/kinds/kinds.ts";
import type { Problem } from "../../../domain/problem.ts";
import { covers, reservedBy } from "../../../domain/reserved-labels.ts";
import { pointerOf } from "../../../domain/values/json-pointer.ts";
import { usedIn } from "../../layers/template.ts";
import { didYouMean } from "../../problems/nearest.ts";
import { problemAt } from "../../problems/problems.ts";
import { isMap } from "../../values.ts";
import { readYaml } from "../../yaml/read-yaml.ts";

/** Something in a shared file that is accepted, and more often a mistake than meant. */
interface Doubt {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Warnings about raos.yaml, tenants and templates, each with its place. */
export function sharedWarnings(shared: SharedInputs, snapshot: Snapshot): readonly Problem[] {
  const doubts: readonly (readonly [file: string, doubts: readonly Doubt[]])[] = [
    ["raos", shared.broken?.config === true ? [] : configDoubts(shared.config)],
    ...[...shared.tenants].map(([name, tenant]) => [`tenants/${name}`, tenantDoubts(tenant, shared)] as const),
    ...[...shared.templates].map(
      ([name, { spec }]) => [`templates/${name}`, parameterDoubts(spec.parameters ?? [], spec.agent)] as const,
    ),
  ];
  return doubts.flatMap(([file, found]) => {
    const path = ["yaml", "yml", "json"].map((end) => `${file}.${end}`).find((one) => snapshot.oid(one) !== undefined);
    if (found.length === 0 || path === undefined) return [];
    const document = readYaml(path, snapshot.read(path)).documents[0];
    return document === undefined
      ? []
      : found.map((one) => problemAt(document, pointerOf(["spec", ...one.path]), one.message));
  });
}

function configDoubts({ spec }: Config): readonly Doubt[] {
  const none = (["openPulls", "pullsPerHour"] as const).flatMap((name) =>
    spec.limits[name] === 0
      ? [{ path: ["limits", name], message: "0 lets RAOS open no pull request at all; write 1 or more" }]
      : [],
  );
  const single =
    spec.promotion?.waves.length === 1
      ? [
          {
            path: ["promotion", "waves"],
            message:
              "with one wave a change reaches every environment at once; write a second wave, or remove promotion",
          },
        ]
      : [];
  const alerts = spec.environments.map(({ alerts: labels = {} }) => JSON.stringify(Object.entries(labels).sort()));
  const alike = spec.environments.flatMap(({ name }, index): readonly Doubt[] => {
    const first = alerts.indexOf(alerts[index] ?? "");
    if (alerts[index] === "[]" || first === index) return [];
    const other = spec.environments[first]?.name;
    return [
      {
        path: ["environments", index, "alerts"],
        message: `${name} has the labels of ${other}, so that alerts of the two cannot be told apart; write other ones`,
      },
    ];
  });
  const reserved = spec.namespaceLabels.flatMap((entry, index) => notReserved(entry, ["namespaceLabels", index], spec));
  const { dollarsPerDay } = spec.model?.budget ?? {};
  const budget =
    dollarsPerDay === 0
      ? [
          {
            path: ["model", "budget", "dollarsPerDay"],
            message: "0 lets the model investigate nothing; write more, or remove the model",
          },
        ]
      : [];
  return [...none, ...single, ...alike, ...reserved, ...budget];
}

function tenantDoubts({ spec, metadata }: Tenant, { tenants, config, broken }: SharedInputs): readonly Doubt[] {
  const known = [...tenants.keys(), ...(broken?.tenants.keys() ?? [])];
  const accepts = (spec.accepts ?? []).flatMap((name, index): readonly Doubt[] => {
    if (known.includes(name)) return [];
    const others = known.filter((one) => one !== metadata.name);
    const hint = didYouMean(name, others, "it lets nobody in until there is one");
    return [{ path: ["accepts", index], message: `there is no tenant ${name}; ${hint}` }];
  });
  const pods =
    spec.quota?.pods === 0
      ? [{ path: ["quota", "pods"], message: "0 pods let no agent start; write more, or remove it" }]
      : [];
  const reserved = (spec.podMetadata ?? []).flatMap((entry, index) =>
    notReserved(entry, ["podMetadata", index], config.spec),
  );
  const roles = (spec.roles ?? []).flatMap(({ kind, clusterWide }, index): readonly Doubt[] =>
    kind === "Role" && clusterWide === true
      ? [
          {
            path: ["roles", index, "clusterWide"],
            message: "a Role is in one namespace; write kind: ClusterRole, or remove clusterWide",
          },
        ]
      : [],
  );
  return [...accepts, ...pods, ...roles, ...reserved];
}

/** An exception to what is reserved, for something that is not. */
function notReserved(entry: string, path: readonly PropertyKey[], spec: Config["spec"]): readonly Doubt[] {
  const key = entry.endsWith("/") ? `${entry}x` : entry;
  const config = { apiVersion: "raos.dev/v1alpha1", kind: "Config", spec } as const;
  const within = spec.reservedLabels.some((own) => covers(entry, own));
  if (within || reservedBy(key, config) !== undefined) return [];
  return [{ path, message: `${entry} is not reserved, so that everybody may set it; see whether it is spelt right` }];
}

function parameterDoubts(parameters: readonly { readonly name: string }[], agent: unknown): readonly Doubt[] {
  const used = new Set(textsIn(agent).flatMap((text) => [...usedIn(text)]));
  return parameters.flatMap(({ name }, index) =>
    used.has(name)
      ? []
      : [
          {
            path: ["parameters", index, "name"],
            message: `nothing in the template holds \${${name}}; use it, or remove it`,
          },
        ],
  );
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isMap(value) ? Object.entries(value).flatMap(([key, below]) => [key, ...textsIn(below)]) : [];
}
