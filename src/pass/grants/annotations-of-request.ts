import { lineageAnnotations } from "../../domain/grant/read-lineage.ts";
import type { Principal } from "../../domain/request/principal.ts";
import { newLineage } from "../../grants/new-lineage.ts";
import type { Pass } from "../pass.ts";
import { askedAt } from "./reserved.ts";

/**
 * The annotations of a new agent that say who asked for it. None where a person asks, and none where the agent that asks may ask for
 * nothing: the judgement of the request then says why.
 */
export function annotationsOfRequest(pass: Pass, from: Principal, request: string): Readonly<Record<string, string>> {
  if (from.kind === "person") return {};
  const { agent, environment } = from;
  const asking = { agent, environment, request, at: askedAt(pass, request) };
  const made = newLineage(asking, pass.survey.fleet.facts.get(agent));
  return made.kind === "lineage" ? lineageAnnotations(made.lineage) : {};
}
