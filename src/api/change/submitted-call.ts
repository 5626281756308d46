import * as z from "zod";
import { noteRefusal } from "../../commands/requests/note-refusal.ts";
import { type AskedInPass, submitRequest } from "../../commands/requests/submit-request.ts";
import type { Outcome } from "../../domain/decision.ts";
import type { Problem } from "../../domain/problem.ts";
import { redactSecrets } from "../../redaction/redact-secrets.ts";
import { forgetRequested } from "../access/requested-pulls.ts";
import type { Visit } from "../access/visit.ts";
import { refuseCall, type ToolResult } from "../tool.ts";
import { askerOf } from "./asker-of.ts";
import { forgetOpenRequests } from "./refuse-early.ts";

/** What became of a request for a change. */
export const SubmittedCall = z.strictObject({
  outcome: z.string().describe("opened, updated, unchanged or merged"),
  reason: z.string().optional(),
  request: z.string().describe("The id of the request: asked again, it is the same pull request"),
  pullRequest: z.strictObject({ number: z.int(), url: z.string(), branch: z.string() }).optional(),
});

/** Problems that are said; each is on a line of its own. */
const MOST_PROBLEMS = 10;

/**
 * Turns a request into its pull request; `begun` is told its id before it is planned. What comes to nothing is refused, with what to do
 * about it. Throws GitError or ForgeError.
 */
export async function submitCall(
  here: Visit,
  ask: AskedInPass,
  begun: (request: string) => void,
): Promise<ToolResult<z.infer<typeof SubmittedCall>>> {
  const submitted = await submitRequest(here.world, async (pass) => {
    const asked = await ask(pass);
    if (asked.kind === "asked") begun(asked.requested.request.id);
    return asked;
  });
  await noteRefusal(here.world, askerOf(here), submitted);
  if (submitted.kind === "refused") return submitted;
  if (submitted.kind === "questions") return refuseCall("needs-answers", submitted.questions.join("\n"));
  const [outcome] = submitted.outcomes;
  const { cause } = submitted.step;
  const request = cause.kind === "request" ? cause.id : "";
  if (outcome === undefined) return refuseCall("nothing-to-change", "it is as asked for already");
  const refused = refusalOf(outcome);
  if (refused !== undefined) return refused;
  const { kind, reason, pull } = outcome;
  if (pull === undefined) return refuseCall(reason ?? "nothing-to-change", "it is as asked for already");
  forgetRequested(here, pull.branch);
  forgetOpenRequests(here);
  return {
    kind: "done",
    value: {
      outcome: kind,
      ...(reason === undefined ? {} : { reason }),
      request,
      pullRequest: { number: pull.number, url: pull.url, branch: pull.branch },
    },
  };
}

function refusalOf({ kind, reason, message, problems = [] }: Outcome) {
  switch (kind) {
    case "problem":
      return refuseCall("spec-has-problems", problemLines(problems));
    case "denied":
      return refuseCall("denied", redactSecrets(reason ?? "the guardrails deny it"));
    case "skipped":
      return refuseCall(reason ?? "skipped", message ?? "it is not done now");
    case "opened":
    case "updated":
    case "merged":
    case "closed":
    case "unchanged":
      return undefined;
    default:
      return kind satisfies never;
  }
}

/** Problems as lines: `file:line: message`. */
export function problemLines(problems: readonly Problem[]): string {
  const lines = problems
    .slice(0, MOST_PROBLEMS)
    .map(({ file, line, message }) => redactSecrets(`${file}:${line}: ${message}`));
  const more = problems.length > MOST_PROBLEMS ? [`and ${problems.length - MOST_PROBLEMS} more`] : [];
  return [...lines, ...more].join("\n");
}
