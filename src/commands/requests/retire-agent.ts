import type { AgentKey } from "../../domain/fleet.ts";
import type { Principal } from "../../domain/request/principal.ts";
import { redactSecrets } from "../../redaction/redact-secrets.ts";
import { requestId } from "../../request/request-id.ts";
import { refuseUnknown } from "./propose-edits.ts";
import type { AskedInPass } from "./submit-request.ts";

/** The end of an agent. */
export interface RetireRequest {
  readonly from: Principal;
  readonly agent: AgentKey;
  readonly words: string;
}

/** Asks for a pull request that deletes an agent's spec and all that is generated from it. */
export function retireAgent({ from, agent, words }: RetireRequest): AskedInPass {
  return async (pass) => {
    const { survey } = pass;
    const file = survey.pathOf(agent);
    if (file === undefined) return refuseUnknown(pass, agent);
    // The same agent may come back and be retired once more: its file's content is part of what is asked.
    const id = requestId(from, ["retire", agent, survey.fleet.facts.get(agent)?.oid ?? ""]);
    const request = { id, wants: "retire", agent, from, words: redactSecrets(words), assumptions: [] } as const;
    return { kind: "asked", edits: [], requested: { request, written: [{ agent, file, text: undefined }] } };
  };
}
