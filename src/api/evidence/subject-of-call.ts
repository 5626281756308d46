import { readQuietSubject } from "../../causes/alert/evidence/subject.ts";
import { refuseHidden } from "../access/visible-agent.ts";
import type { Visit } from "../access/visit.ts";
import { refuseCall } from "../tool.ts";

/** The agent in an environment that a call is about, or why there is none. Throws GitError. */
export async function subjectOfCall(here: Visit, agent: string, environment: string) {
  const hidden = refuseHidden(here, agent);
  if (hidden !== undefined) return hidden;
  const { world, read } = here;
  const parts = { world, commit: read.commit, survey: read.survey, forge: { account: undefined } };
  const subject = await readQuietSubject(parts, agent, environment);
  return subject === undefined
    ? refuseCall(
        "unknown-environment",
        `${agent} is not in ${environment}, or its file has Problems; get_agent says it`,
      )
    : ({ kind: "subject", subject } as const);
}
