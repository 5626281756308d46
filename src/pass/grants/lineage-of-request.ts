import type { Lineage } from "../../domain/grant/lineage.ts";
import { lineageAnnotations } from "../../domain/grant/read-lineage.ts";
import type { Principal } from "../../domain/request/principal.ts";
import { newLineage } from "../../grants/new-lineage.ts";
import type { Pass } from "../pass.ts";
import { askedAt } from "./reserved.ts";

/** The annotations by which a new agent is counted below the one that asks for it; or why that one may ask for none. */
export type RequestLineage =
  | {
      readonly kind: "lineage";
      readonly annotations: Readonly<Record<string, string>>;
      /** Undefined: a person asks for it. */
      readonly lineage: Lineage | undefined;
    }
  | { readonly kind: "refused"; readonly reason: string; readonly message: string };

/** The lineage of the agent that a request creates; what a person asks for has none. Asked again, it is the same. */
export function lineageOfRequest(pass: Pass, from: Principal, request: string): RequestLineage {
  if (from.kind === "person") return { kind: "lineage", annotations: {}, lineage: undefined };
  const { agent, environment } = from;
  const asking = { agent, environment, request, at: askedAt(pass, request) };
  const made = newLineage(asking, pass.survey.fleet.facts.get(agent));
  return made.kind === "refused"
    ? { kind: "refused", reason: made.reason, message: made.message }
    : { kind: "lineage", annotations: lineageAnnotations(made.lineage), lineage: made.lineage };
}
