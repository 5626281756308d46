import type { AgentKey } from "../fleet.ts";
import type { Path } from "../values/scalars.ts";
import type { Principal } from "./principal.ts";

/** What somebody asked for, as RAOS understood it. The marker of its pull request keeps it. */
export interface AgentRequest {
  /** Names the branch: whoever asks again with the same id gets the same pull request. */
  readonly id: string;
  readonly wants: "create" | "change" | "retire";
  readonly agent: AgentKey;
  readonly from: Principal;
  /** Their own words, at most 4,000 characters, without secrets; empty where the values were given one by one. */
  readonly words: string;
  /** The template that was used. */
  readonly template?: string | undefined;
  /** What was assumed where the words did not say it. */
  readonly assumptions: readonly string[];
}

/** An agent's spec file as a request writes it; `text` undefined: it is deleted. */
export interface WrittenSpec {
  readonly agent: AgentKey;
  readonly file: Path;
  readonly text: string | undefined;
}
