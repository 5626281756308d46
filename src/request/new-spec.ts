import { stringify } from "yaml";
import { API_VERSION } from "../domain/agent/agent.ts";
import { nameOf, tenantOf } from "../domain/agent-key.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { WrittenSpec } from "../domain/request/agent-request.ts";
import type { Json } from "../domain/values/scalars.ts";

/** What a new agent's file says besides its name. */
export interface NewSpec {
  readonly agent: AgentKey;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, Json>>;
}

/** Characters of a file that a request may write: it has to fit into the marker of its pull request. */
export const LONGEST_SPEC = 16_384;

/** The file of a new agent, as a person would write it: fields in the order given, long texts as blocks. */
export function newSpecFile({ agent, annotations, spec }: NewSpec): WrittenSpec {
  const metadata = {
    name: nameOf(agent),
    namespace: tenantOf(agent),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  const text = stringify(
    { apiVersion: API_VERSION, kind: "Agent", metadata, spec },
    { lineWidth: 120, blockQuote: "literal" },
  );
  return { agent, file: `agents/${agent}.yaml`, text };
}
