import type { Spent } from "../alert/spent.ts";
import type { AgentKey } from "../fleet.ts";
import type { Instant, Path } from "../values/scalars.ts";
import type { Principal } from "./principal.ts";

/** What somebody asked for, as RAOS understood it. The marker of its pull request keeps it. */
export interface AgentRequest {
  /** Names the branch: whoever asks again with the same id gets the same pull request. */
  readonly id: string;
  /** `orphans`: the agent is gone, and what its grant says becomes of those that it asked for. Nobody asks for it. */
  readonly wants: "create" | "change" | "retire" | "orphans";
  readonly agent: AgentKey;
  readonly from: Principal;
  /** Their own words, at most 4,000 characters, without secrets; empty where the values were given one by one. */
  readonly words: string;
  /** The template that was used. */
  readonly template?: string | undefined;
  /** What was assumed where the words did not say it. */
  readonly assumptions: readonly string[];
  /** What RAOS itself read when it was asked, and the request rests on; left out: nothing. */
  readonly measured?: Measured | undefined;
  /** What a model took to understand the words; left out: none was asked. */
  readonly spent?: Spent | undefined;
}

export interface Measured {
  readonly at: Instant;
  readonly values: readonly MeasuredValue[];
}

/** Evidence in a sentence, redacted: at most 300 characters each of the query and of what it said. */
export interface MeasuredValue {
  readonly id: string;
  readonly query: string;
  readonly says: string;
}

/** An agent's spec file as a request writes it; `text` undefined: it is deleted. */
export interface WrittenSpec {
  readonly agent: AgentKey;
  readonly file: Path;
  readonly text: string | undefined;
}

/** A request, and the whole files that it writes. A change of a present spec is made by edits, and writes none. */
export interface RequestedChange {
  readonly request: AgentRequest;
  readonly written: readonly WrittenSpec[];
}
