import { AgentSpec } from "../domain/agent.ts";
import { opened } from "../domain/destinations.ts";
import type { SharedInputs } from "../domain/fleet.ts";
import { reservedLabel } from "./check-labels.ts";
import type { Finding } from "./check-spec.ts";
import { didYouMean } from "./nearest.ts";
import { keysAt, schemasAt } from "./schema-keys.ts";
import { show } from "./show.ts";

/** What is wrong with whom a spec lets in, where it lets the agent out, and what it lets the bot change. */
export function checkReach(spec: AgentSpec, shared: SharedInputs): readonly Finding[] {
  return [
    ...callers(spec, shared),
    ...networks(spec),
    ...addresses(spec),
    ...allowedPaths(spec),
    ...labels(spec, shared),
  ];
}

function callers({ access }: AgentSpec, shared: SharedInputs): readonly Finding[] {
  const seen = new Set<string>();
  return (access?.callers ?? []).flatMap((caller, index): readonly Finding[] => {
    const key = `${caller.namespace}/${caller.appId}`;
    if (seen.has(key)) return [{ path: ["access", "callers", index], message: `a second caller ${key}; each once` }];
    seen.add(key);
    const namespace = shared.tenants.get(caller.namespace)?.spec.namespace ?? caller.namespace;
    if (namespace === caller.namespace || isNamespace(caller.namespace, shared)) return [];
    return [
      {
        path: ["access", "callers", index, "namespace"],
        message: `${caller.namespace} is a tenant, whose namespace is ${namespace}; write ${namespace}`,
      },
    ];
  });
}

function isNamespace(name: string, shared: SharedInputs): boolean {
  const known = NAMESPACES.get(shared.tenants) ?? new Set(namespaces(shared));
  NAMESPACES.set(shared.tenants, known);
  return known.has(name);
}

/** The tenants are the same for every agent, and may be many. */
const NAMESPACES = new WeakMap<SharedInputs["tenants"], ReadonlySet<string>>();

function namespaces({ tenants }: SharedInputs): readonly string[] {
  return [...tenants.values()].map((tenant) => tenant.spec.namespace ?? tenant.metadata.name);
}

function networks({ networking }: AgentSpec): readonly Finding[] {
  return (networking?.egress ?? []).flatMap(({ cidr }, index) => {
    const [address = "", bits = ""] = cidr.split("/");
    const fits = address.includes(":") ? isIpv6(address) && Number(bits) <= 128 : isIpv4(address) && Number(bits) <= 32;
    return fits
      ? []
      : [
          {
            path: ["networking", "egress", index, "cidr"],
            message: `${show(cidr)} is not a CIDR block; write 10.0.0.0/8`,
          },
        ];
  });
}

/** An address that no client can read: the network is not opened for it, and no guardrail can tell where it leads. */
function addresses(spec: AgentSpec): readonly Finding[] {
  return [...opened(spec)].flatMap(({ place, field }) => {
    if (place.kind !== "unreadable") return [];
    const path = field
      .split("/")
      .slice(2)
      .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    return [
      { path, message: `${show(place.text)} is not an address; write a host's name or its IP address, and a port` },
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

/** Parts of a spec that say who may do what: the bot cannot be given them. */
const PEOPLES: ReadonlySet<string> = new Set(["supervision", "access", "template", "labels"]);

/** Every field that stands in no list, of the parts the bot may be given: what nearly every pointer names. */
const FIELDS: ReadonlySet<string> = new Set(
  fieldsBelow([]).filter((pointer) => !PEOPLES.has(pointer.split("/")[2] ?? "")),
);

function fieldsBelow(path: readonly string[]): readonly string[] {
  return keysAt(AgentSpec, path).flatMap((key) => [
    `/spec/${[...path, key].join("/")}`,
    ...fieldsBelow([...path, key]),
  ]);
}

function allowedPaths({ supervision }: AgentSpec): readonly Finding[] {
  return (supervision.allowedPaths ?? []).flatMap((pointer, index): readonly Finding[] => {
    const path = ["supervision", "allowedPaths", index];
    if (FIELDS.has(pointer)) return [];
    const steps = pointer.split("/").slice(2);
    if (PEOPLES.has(steps[0] ?? "")) return [{ path, message: `${pointer} is for people to change; remove it` }];
    for (const [depth, step] of steps.entries()) {
      if (schemasAt(AgentSpec, steps.slice(0, depth + 1)).length > 0) continue;
      const known = keysAt(AgentSpec, steps.slice(0, depth));
      const hint = known.length === 0 ? "shorten it" : didYouMean(step, known, `known there: ${known.join(", ")}`);
      return [
        {
          path,
          message: `no field ${show(step)} in /spec${steps
            .slice(0, depth)
            .map((above) => `/${above}`)
            .join("")}; ${hint}`,
        },
      ];
    }
    return [];
  });
}

function labels({ labels: set }: AgentSpec, { config }: SharedInputs): readonly Finding[] {
  return Object.keys(set ?? {}).flatMap((key) => {
    const message = reservedLabel(key, config);
    return message === undefined ? [] : [{ path: ["labels", key], message, part: "key" as const }];
  });
}
