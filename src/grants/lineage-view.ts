import type { AgentFacts, AgentKey } from "../domain/fleet.ts";
import type { CreateGrant } from "../domain/grant/create-grant.ts";
import type { Lineage } from "../domain/grant/lineage.ts";
import type { Needs } from "../domain/grant/needs.ts";
import type { AgentScope } from "../domain/grant/scope.ts";
import type { ProgramEntry } from "../domain/grant/scope-program.ts";
import type { Instant } from "../domain/values/scalars.ts";

/**
 * An agent below a root. `deployed`: something is generated for it; `planned`: its spec is on the default branch, and nothing is
 * generated yet; `reserved`: an open pull request of a request would add it.
 */
export interface LineageMember {
  readonly agent: AgentKey;
  readonly lineage: Lineage;
  readonly needs: Readonly<Record<string, Needs>>;
  readonly state: "deployed" | "planned" | "reserved";
}

/** What is known of a line of agents. */
export interface LineageView {
  /** Undefined: there is no such agent. */
  readonly factsOf: (key: AgentKey) => Pick<AgentFacts, "lineage" | "grant"> | undefined;
  /** Every agent below the root, over all generations. */
  readonly members: readonly LineageMember[];
  /** Requests for agents that pull requests show, those that were refused or ended, too. */
  readonly requests: readonly { readonly id: string; readonly asker: AgentKey; readonly at: Instant }[];
}

/** An agent that another one asked for, as a change leaves it. */
export interface RequestedAgent {
  readonly agent: AgentKey;
  readonly template: string | undefined;
  readonly lineage: Lineage;
  /** What it may ask for itself. */
  readonly grant: CreateGrant | undefined;
  /** The agents whose specs it may ask to change. */
  readonly improves: readonly string[];
  readonly environments: readonly AskedEnvironment[];
  /** Whether nothing is generated for it yet: only then it takes a place. */
  readonly isNew: boolean;
  /** What its template brings along: people wrote it, and granted it. */
  readonly brought: Brought;
}

/** What a template says that its agents may have without their parent. */
export interface Brought {
  /** Without tags. */
  readonly images: readonly string[];
  readonly program: readonly ProgramEntry[];
  readonly labels: readonly ProgramEntry[];
}

/** An agent in one environment. */
export interface AskedEnvironment {
  readonly environment: string;
  readonly scope: AgentScope;
  readonly needs: Needs;
  /** What is deployed requests; undefined where nothing is. */
  readonly before: Needs | undefined;
}
