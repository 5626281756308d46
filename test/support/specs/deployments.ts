import { resolve } from "node:path";
import { compile } from "../../../src/compile/index.ts";
import type { Agent, Fleet } from "../../../src/domain/fleet.ts";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { folderSnapshot } from "./fixture-fleet.ts";
import { line } from "./snapshot.ts";

export const DEPLOYMENTS = resolve(import.meta.dirname, "../../../fixtures/deployments");

/** The agents of `fixtures/deployments`, with their Problems. */
export function deployments(): {
  readonly agents: ReadonlyMap<string, Agent>;
  readonly fleet: Fleet;
  readonly problems: readonly string[];
} {
  const { agents, fleet, problems } = readFleet(folderSnapshot(DEPLOYMENTS));
  return { agents, fleet, problems: problems.map(line) };
}

/** The text of an agent's values.yaml in production. */
export function deploymentValues(agent: Agent, fleet: Fleet): string {
  return compile(agent, fleet).get(`deploy/production/${agent.key}/values.yaml`) ?? "";
}
