import * as z from "zod";
import { submitRequest } from "../../commands/requests/submit-request.ts";
import type { Verdict } from "../../domain/verdict.ts";
import { diffText } from "../../pr/body/diff-text.ts";
import { redactSecrets } from "../../redaction/redact-secrets.ts";
import { type Visit, visit } from "../access/visit.ts";
import { AskedEdits, AskedEnd, AskedNewAgent, askForAgent, askForEdits, askForEnd } from "../change/asked-change.ts";
import { RepoArgument } from "../repository-argument.ts";
import { defineTool, refuseCall } from "../tool.ts";

const LONGEST_DIFF = 60_000;
const MOST = 50;

const Change = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("edit"), ...AskedEdits.shape }),
  z.strictObject({ kind: z.literal("create"), ...AskedNewAgent.shape }),
  z.strictObject({ kind: z.literal("retire"), ...AskedEnd.shape }),
]);

/** What a change would do, without doing it. */
export const planChange = defineTool({
  name: "plan_change",
  title: "Plan a change",
  description:
    "Says what propose_edit, create_agent or retire_agent would do: the diff with everything generated, what the guardrails say, and the Problems. Writes nothing.",
  scope: "raos:read",
  input: z.strictObject({ repo: RepoArgument, change: Change }),
  output: z.strictObject({
    verdict: z.enum(["allow", "review", "deny"]).optional(),
    reasons: z.array(z.string()).describe("What the guardrails say"),
    problems: z.array(z.strictObject({ file: z.string(), line: z.int(), pointer: z.string(), message: z.string() })),
    files: z.array(z.string()),
    diff: z.string(),
    isCut: z.boolean(),
  }),
  run: ({ repo, change }, context) =>
    visit(context, repo, async (here) => {
      const made = await askFor(here, change);
      if (made.kind === "refused") return made;
      const submitted = await submitRequest(here.world, made.ask, true);
      if (submitted.kind === "refused") return submitted;
      if (submitted.kind === "questions") return refuseCall("needs-answers", submitted.questions.join("\n"));
      const { verdict, changes } = submitted.step;
      const diff = redactSecrets(diffText(changes?.files ?? []));
      const problems = changes?.problems ?? [];
      return {
        kind: "done",
        value: {
          ...(verdict === undefined ? {} : { verdict: verdict.kind }),
          reasons: reasonsOf(verdict).slice(0, MOST),
          problems: problems
            .slice(0, MOST)
            .map(({ file, line, pointer, message }) => ({ file, line, pointer, message: redactSecrets(message) })),
          files: (changes?.files ?? []).slice(0, MOST).map(({ path }) => path),
          diff: diff.slice(0, LONGEST_DIFF),
          isCut: diff.length > LONGEST_DIFF || (changes?.files.length ?? 0) > MOST || problems.length > MOST,
        },
      };
    }),
});

function askFor(here: Visit, change: z.infer<typeof Change>) {
  switch (change.kind) {
    case "edit":
      return askForEdits(here, change);
    case "create":
      return askForAgent(here, change);
    case "retire":
      return askForEnd(here, change);
    default:
      return change satisfies never;
  }
}

function reasonsOf(verdict: Verdict | undefined): readonly string[] {
  const said = verdict?.kind === "deny" ? verdict.violations : verdict?.kind === "review" ? verdict.reasons : [];
  return [...said, ...(verdict?.warnings ?? [])].map(({ guardrail, message }) =>
    redactSecrets(`${guardrail}: ${message}`),
  );
}
