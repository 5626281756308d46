import type { Cause } from "./cause.ts";
import type { AgentKey } from "./fleet.ts";
import type { Problem } from "./problem.ts";
import type { AgentRequest } from "./request/agent-request.ts";
import type { Json, JsonPointer, Oid, Path, Sha } from "./values/scalars.ts";

/** The changes of the tree that one cause asks for. */
export interface ChangeSet {
  readonly cause: Cause;
  readonly base: Sha;
  readonly agents: readonly AgentKey[];
  readonly edits: readonly Edit[];
  /** Sorted by path. Only files that differ. */
  readonly files: readonly FileChange[];
  readonly changes: readonly AgentChange[];
  readonly problems: readonly Problem[];
  /** What somebody asked for, where the cause is a request. */
  readonly request?: AgentRequest;
}

/** A file that changes. `text` undefined: it is deleted. `before` undefined: it is new. */
export interface FileChange {
  readonly path: Path;
  readonly before: { readonly oid: Oid; readonly text: string } | undefined;
  readonly text: string | undefined;
}

/** An agent before and after a change, in one environment, for the guardrails and the reviewer's table. */
export interface AgentChange {
  readonly agent: AgentKey;
  readonly environment: string;
  /** Effective values as deployed before (values.yaml of the base), parsed; undefined when the agent is new there. */
  readonly before: Json | undefined;
  /** Values after; undefined when the agent is removed. */
  readonly after: Json | undefined;
  /** The effective spec after; undefined when the agent is removed. Guardrails call it `after.spec`. */
  readonly spec: Json | undefined;
}

/** A change of one value in an agent's spec. `file` is the file that changes, `at` points into it. */
export type Edit =
  | {
      readonly kind: "set";
      readonly agent: AgentKey;
      readonly file: Path;
      readonly at: JsonPointer;
      readonly from: Json | undefined;
      readonly to: Json;
      readonly why: string;
      readonly by: Editor;
    }
  | {
      readonly kind: "add";
      readonly agent: AgentKey;
      readonly file: Path;
      readonly at: JsonPointer;
      readonly to: Json;
      readonly why: string;
      readonly by: Editor;
    }
  | {
      readonly kind: "remove";
      readonly agent: AgentKey;
      readonly file: Path;
      readonly at: JsonPointer;
      readonly from: Json | undefined;
      readonly why: string;
      readonly by: Editor;
    };

export type Editor = "rule" | "model" | "agent" | "person";
