import { principalText, readPrincipal } from "../request/principal.ts";
import { isAgentKey } from "../review/hold.ts";
import type { Instant } from "../values/scalars.ts";
import type { Lineage } from "./lineage.ts";

/** Names of the annotations. */
export const LINEAGE_KEYS = {
  createdBy: "raos.dev/created-by",
  request: "raos.dev/request",
  root: "raos.dev/root",
  depth: "raos.dev/depth",
  createdAt: "raos.dev/created-at",
  sponsor: "raos.dev/sponsor",
  owner: "raos.dev/owner",
} as const;

/** What is wrong with one annotation, and what to write. */
export interface LineageFault {
  readonly key: string;
  readonly message: string;
}

/** `none`: a person wrote the agent, or asked for it. `broken`: some annotations are there, and they do not make a lineage. */
export type LineageReading =
  | { readonly kind: "none" }
  | { readonly kind: "lineage"; readonly lineage: Lineage }
  | { readonly kind: "broken"; readonly faults: readonly LineageFault[] };

const MOST_DEPTH = 10;
const OWNER = /^@?[A-Za-z0-9][A-Za-z0-9._-]{0,63}(\/[A-Za-z0-9._-]{1,63})?$/;
const ADVICE = "restore the annotations of the pull request that made the agent, or remove all of raos.dev/";

/** Reads the annotations of an agent. All of a lineage is there and right, or it is broken: half a lineage is none to trust. */
export function readLineage(annotations: Readonly<Record<string, string>>): LineageReading {
  const text = (name: keyof typeof LINEAGE_KEYS) =>
    Object.hasOwn(annotations, LINEAGE_KEYS[name]) ? annotations[LINEAGE_KEYS[name]] : undefined;
  const names = ["createdBy", "request", "root", "depth", "createdAt", "sponsor"] as const;
  const createdBy = readPrincipal(text("createdBy") ?? "");
  const ofAgents = (["root", "depth", "sponsor", "owner"] as const).some((name) => text(name) !== undefined);
  if (createdBy?.kind === "person" && !ofAgents) return { kind: "none" };
  if (![...names, "owner" as const].some((name) => text(name) !== undefined)) return { kind: "none" };
  const faults: LineageFault[] = names.flatMap((name) => {
    const value = text(name);
    if (value === undefined)
      return [{ key: LINEAGE_KEYS.createdBy, message: `${LINEAGE_KEYS[name]} is missing; ${ADVICE}` }];
    const wrong = faultOf(name, value);
    return wrong === undefined ? [] : [{ key: LINEAGE_KEYS[name], message: `${wrong}; ${ADVICE}` }];
  });
  const owner = text("owner");
  if (owner !== undefined && !OWNER.test(owner))
    faults.push({ key: LINEAGE_KEYS.owner, message: "is not a user or @org/team; write who has the agent now" });
  if (faults.length > 0 || createdBy?.kind !== "agent") return { kind: "broken", faults };
  const lineage = {
    createdBy: { agent: createdBy.agent, environment: createdBy.environment },
    request: text("request") ?? "",
    root: text("root") ?? "",
    depth: Number(text("depth")),
    createdAt: instantOf(text("createdAt") ?? "") ?? 0,
    sponsor: text("sponsor") ?? "",
    ...(owner === undefined ? {} : { owner }),
  };
  return { kind: "lineage", lineage };
}

/** The annotations of a lineage. */
export function lineageAnnotations(lineage: Lineage): Readonly<Record<string, string>> {
  return {
    [LINEAGE_KEYS.createdBy]: principalText({ kind: "agent", ...lineage.createdBy, chain: [] }),
    [LINEAGE_KEYS.request]: lineage.request,
    [LINEAGE_KEYS.root]: lineage.root,
    [LINEAGE_KEYS.depth]: String(lineage.depth),
    [LINEAGE_KEYS.createdAt]: new Date(lineage.createdAt).toISOString().replace(".000Z", "Z"),
    [LINEAGE_KEYS.sponsor]: lineage.sponsor,
    ...(lineage.owner === undefined ? {} : { [LINEAGE_KEYS.owner]: lineage.owner }),
  };
}

type Required = Exclude<keyof typeof LINEAGE_KEYS, "owner">;

/** What each annotation is, and whether a text is one. */
const SHAPES: { readonly [N in Required]: readonly [isRight: (value: string) => boolean, wrong: string] } = {
  createdBy: [(value) => readPrincipal(value)?.kind === "agent", "is not agent:<tenant>/<name>@<environment>"],
  request: [(value) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(value), "is not the id of a request"],
  root: [isAgentKey, "is not an agent's <tenant>/<name>"],
  depth: [(value) => /^([1-9]|10)$/.test(value), `is not a depth, 1 to ${MOST_DEPTH}`],
  createdAt: [(value) => instantOf(value) !== undefined, "is not a time such as 2026-05-04T10:00:00Z"],
  sponsor: [(value) => OWNER.test(value), "is not a user or @org/team"],
};

function faultOf(name: Required, value: string): string | undefined {
  const [isRight, wrong] = SHAPES[name];
  return isRight(value) ? undefined : wrong;
}

/** RFC 3339 in UTC; undefined for any other text, and for days that no calendar has. */
function instantOf(text: string): Instant | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/.test(text)) return undefined;
  const instant = Date.parse(text);
  const isReal = Number.isFinite(instant) && new Date(instant).toISOString().slice(0, 19) === text.slice(0, 19);
  return isReal ? instant : undefined;
}
