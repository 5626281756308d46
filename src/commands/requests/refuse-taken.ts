import type { Pass } from "../../pass/pass.ts";
import type { RequestRefusal } from "./request-refusal.ts";

/** A name that is taken cannot be created again; undefined where it is free. */
export function refuseTaken({ survey }: Pass, agent: string): RequestRefusal | undefined {
  const path = survey.pathOf(agent);
  return path === undefined
    ? undefined
    : {
        kind: "refused",
        reason: "name-taken",
        message: `${path} exists; choose another name, or ask for a change of it`,
      };
}
