import type { Pass } from "../../../pass/pass.ts";
import { prepareRequest, type RequestedEdits } from "../prepare-request.ts";
import type { CheckedDraft } from "./write-request.ts";

/** Most sentences about one draft, so that a model reads the first ones. */
const MOST_MISTAKES = 12;

/** Plans and judges a draft as its pull request would be: Problems and denials are its mistakes. Throws GitError. */
export async function judgeDraft(pass: Pass, draft: RequestedEdits): Promise<CheckedDraft> {
  const { changes, verdict, proposal } = await prepareRequest(pass, draft);
  const problems = changes.problems.map(({ pointer, message }) =>
    pointer === "" ? message : `${pointer}: ${message}`,
  );
  const denials =
    verdict.kind === "deny" ? verdict.violations.map(({ guardrail, message }) => `${guardrail}: ${message}`) : [];
  // A change with Problems is denied too, which says nothing more.
  const found = problems.length > 0 ? problems : denials;
  const mistakes = [...new Set(found)].slice(0, MOST_MISTAKES).map((text) => text.slice(0, 500));
  if (mistakes.length > 0) return { kind: "mistakes", mistakes };
  if (proposal === undefined) return { kind: "mistakes", mistakes: ["this changes nothing"] };
  return { kind: "fits", ...draft };
}
