import { AgentSpec } from "../../domain/agent/agent.ts";
import type { SharedInputs } from "../../domain/fleet.ts";
import { opened } from "../../domain/reach/destinations.ts";
import { blockText, ipBlock } from "../../domain/reach/ip-block.ts";
import { displayValue } from "../problems/display-value.ts";
import { didYouMean } from "../problems/nearest.ts";
import { keysAt, schemasAt } from "../schema/schema-keys.ts";
import { reservedLabel } from "./check-labels.ts";
import type { SpecFault } from "./rules/spec-fault.ts";

/** Faults of a spec in its callers, its egress, and the paths that the bot may change. */
export function checkReach(spec: AgentSpec, shared: SharedInputs): readonly SpecFault[] {
  return [
    ...callers(spec, shared),
    ...namespacesOfPods(spec, shared),
    ...networks(spec),
    ...addresses(spec),
    ...allowedPaths(spec),
    ...labels(spec, shared),
  ];
}

function callers({ access }: AgentSpec, shared: SharedInputs): readonly SpecFault[] {
  const seen = new Set<string>();
  return (access?.callers ?? []).flatMap((caller, index): readonly SpecFault[] => {
    const key = `${caller.namespace}/${caller.appId}`;
    if (seen.has(key))
      return [{ path: ["access", "callers", index], message: `a second caller ${key}; name each only once` }];
    seen.add(key);
    return tenantForNamespace(caller.namespace, ["access", "callers", index, "namespace"], shared);
  });
}

/** Namespaces of pods in the network's openings: those of Kubernetes, not the names of tenants. */
function namespacesOfPods({ networking }: AgentSpec, shared: SharedInputs): readonly SpecFault[] {
  return (["egress", "ingress"] as const).flatMap((way) =>
    (networking?.[way] ?? []).flatMap(({ namespace }, index) =>
      namespace === undefined ? [] : tenantForNamespace(namespace, ["networking", way, index, "namespace"], shared),
    ),
  );
}

/** A fault where the name of a tenant stands for that of its namespace. */
function tenantForNamespace(name: string, path: SpecFault["path"], shared: SharedInputs): readonly SpecFault[] {
  const namespace = shared.tenants.get(name)?.spec.namespace ?? name;
  if (namespace === name || isNamespace(name, shared)) return [];
  return [{ path, message: `${name} is a tenant, whose namespace is ${namespace}; write ${namespace}` }];
}

function isNamespace(name: string, shared: SharedInputs): boolean {
  const known = NAMESPACES.get(shared.tenants) ?? new Set(namespaces(shared));
  NAMESPACES.set(shared.tenants, known);
  return known.has(name);
}

/** Cached, since all agents share the tenants, and there may be many. */
const NAMESPACES = new WeakMap<SharedInputs["tenants"], ReadonlySet<string>>();

function namespaces({ tenants }: SharedInputs): readonly string[] {
  return [...tenants.values()].map((tenant) => tenant.spec.namespace ?? tenant.metadata.name);
}

function networks({ networking }: AgentSpec): readonly SpecFault[] {
  return (networking?.egress ?? []).flatMap(({ cidr, namespace, podLabels }, index): readonly SpecFault[] => {
    const path = ["networking", "egress", index];
    const isInside = namespace !== undefined || Object.keys(podLabels ?? {}).length > 0;
    if ((cidr === undefined) !== isInside)
      return [{ path, message: "write either cidr, or namespace, podLabels or both" }];
    if (cidr === undefined) return [];
    const [address = "", bits = ""] = cidr.split("/");
    const fits = address.includes(":") ? isIpv6(address) && Number(bits) <= 128 : isIpv4(address) && Number(bits) <= 32;
    if (!fits)
      return [{ path: [...path, "cidr"], message: `${displayValue(cidr)} is not a CIDR block; write 10.0.0.0/8` }];
    const [block, alone] = [ipBlock(cidr), ipBlock(address)];
    if (block === undefined || alone === undefined || block.first === alone.first) return [];
    const whole = blockText(block);
    const message = `${cidr} is all of ${whole}; write ${whole}, or ${blockText(alone)} for this address alone`;
    return [{ path: [...path, "cidr"], message }];
  });
}

/** Faults for invalid addresses: the network is not opened for them, and no guardrail knows their target. */
function addresses(spec: AgentSpec): readonly SpecFault[] {
  return [...opened(spec)].flatMap(({ place, field }) => {
    if (place.kind !== "unreadable") return [];
    const path = field
      .split("/")
      .slice(2)
      .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    return [
      {
        path,
        message: `${displayValue(place.text)} is not an address; write a host's name or its IP address, and a port`,
      },
    ];
  });
}

function isIpv4(address: string): boolean {
  const parts = address.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function isIpv6(address: string): boolean {
  return URL.canParse(`http://[${address}]/`);
}

/** Parts of a spec that say who may do what: the bot may never change them. */
const ONLY_FOR_PEOPLE = [
  "supervision",
  "access",
  "template",
  "modelRef",
  "labels",
  "networking/hosts",
  "runtime/externalSecrets",
  "runtime/pod",
  "runtime/serviceAccount",
  "runtime/upgrade",
];

function isOnlyForPeople(pointer: string): boolean {
  const path = `${pointer.slice("/spec/".length)}/`;
  return ONLY_FOR_PEOPLE.some((each) => path.startsWith(`${each}/`));
}

/** Every field outside of lists that the bot may be allowed to change: most pointers name one of these. */
const FIELDS: ReadonlySet<string> = new Set(fieldsBelow([]).filter((pointer) => !isOnlyForPeople(pointer)));

function fieldsBelow(path: readonly string[]): readonly string[] {
  return keysAt(AgentSpec, path).flatMap((key) => [
    `/spec/${[...path, key].join("/")}`,
    ...fieldsBelow([...path, key]),
  ]);
}

function allowedPaths({ supervision }: AgentSpec): readonly SpecFault[] {
  return (supervision.allowedPaths ?? []).flatMap((pointer, index): readonly SpecFault[] => {
    const path = ["supervision", "allowedPaths", index];
    if (FIELDS.has(pointer)) return [];
    const steps = pointer.split("/").slice(2);
    if (isOnlyForPeople(pointer)) return [{ path, message: `only people may change ${pointer}; remove it` }];
    for (const [depth, step] of steps.entries()) {
      if (schemasAt(AgentSpec, steps.slice(0, depth + 1)).length > 0) continue;
      const known = keysAt(AgentSpec, steps.slice(0, depth));
      const hint = known.length === 0 ? "shorten it" : didYouMean(step, known, `known there: ${known.join(", ")}`);
      return [
        {
          path,
          message: `no field ${displayValue(step)} in /spec${steps
            .slice(0, depth)
            .map((above) => `/${above}`)
            .join("")}; ${hint}`,
        },
      ];
    }
    return [];
  });
}

function labels({ labels: set }: AgentSpec, { config }: SharedInputs): readonly SpecFault[] {
  return Object.keys(set ?? {}).flatMap((key) => {
    const message = reservedLabel(key, config);
    return message === undefined ? [] : [{ path: ["labels", key], message, part: "key" as const }];
  });
}
