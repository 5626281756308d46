import type { AgentSpec } from "../agent/agent.ts";
import { canonicalJson } from "../values/canonical-json.ts";

/** Who reaches an agent from outside its tenant, and on which path. */
export interface ExposureEntry {
  /** For people, such as `host shop.example.com/refunds`. */
  readonly name: string;
  /** A host with the way to it, a namespace with its port, or a caller. */
  readonly target: string;
  /** Undefined: every path. */
  readonly path: string | undefined;
}

/** The hosts, namespaces and declared callers of a spec. */
export function exposureEntries({ networking, access }: AgentSpec): readonly ExposureEntry[] {
  return [
    ...(networking?.hosts ?? []).map(({ host, path, ingress, httpRoute }) => {
      const way = canonicalJson(JSON.parse(JSON.stringify({ ingress, httpRoute })));
      const isWhole = path === undefined || path === "/";
      return { name: `host ${host}${path ?? ""}`, target: `host ${host} ${way}`, path: isWhole ? undefined : path };
    }),
    ...(networking?.ingress ?? []).map(({ namespace, port }) => whole(`namespace ${namespace}:${port ?? ""}`)),
    ...(access?.callers ?? []).flatMap(({ namespace, appId, approves, operations }) => {
      const caller = `caller ${namespace}/${appId}`;
      return [
        ...(operations ?? [undefined]).map((path) => ({ name: `${caller}${path ?? ""}`, target: caller, path })),
        ...(approves === true ? [whole(`approver ${namespace}/${appId}`)] : []),
      ];
    }),
  ];
}

/** Whether all who come in by `entry` come in by `wider`, too. */
export function coversExposure(wider: ExposureEntry, entry: ExposureEntry): boolean {
  return wider.target === entry.target && (wider.path === undefined || wider.path === entry.path);
}

function whole(name: string): ExposureEntry {
  return { name, target: name, path: undefined };
}
