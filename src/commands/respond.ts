import { generateOnBranch } from "../checks/generate-on-branch.ts";
import { type Preview, previewMerge } from "../checks/preview-merge.ts";
import { CHECK_NAME } from "../checks/show-checks.ts";
import { BRANCH_PREFIX, branchFor, causeOf } from "../domain/branch-name.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import type { CheckSubject } from "../domain/review/check-report.ts";
import type { CommandName, ThreadComment } from "../domain/review/command.ts";
import type { Base, MergeHold } from "../forge/forge.ts";
import { readDefaultBranch } from "../pass/read-commit.ts";
import type { Step } from "../pass/step.ts";
import type { World } from "../pass/world.ts";
import { checkReportOf } from "../pr/check/check-report.ts";
import { code, prose } from "../pr/markdown.ts";
import { recreationSentence } from "../pr/sentences.ts";
import { heldBy } from "../reconcile/merge-verified.ts";
import { foreseenOutcomes } from "../reconcile/outcomes.ts";
import { planSteps } from "../reconcile/plan-steps.ts";
import { REASONS } from "../reconcile/reasons.ts";
import { explainValues } from "./answers/explain-values.ts";
import { holdAgent, resumeAgent } from "./answers/hold-agent.ts";
import { answerPromote } from "./answers/promote-agent.ts";
import { changeInComment, createInComment } from "./answers/request-in-words.ts";
import { revertPull } from "./answers/revert-pull.ts";

/** What each command answers, as Markdown, having done what it says. Each throws GitError or ForgeError. */
export type Responder = { readonly [K in Exclude<CommandName, "help">]: (rest: string) => Promise<string> };

const NOT_OURS = "This is no pull request of RAOS, so there is nothing to do here.";

/** The commands on the issue or pull request of a comment. */
export function createResponder(world: World, comment: ThreadComment): Responder {
  const own = async () => {
    const pull = await world.forge.pull(comment.number);
    return pull?.state === "open" && pull.branch.startsWith(BRANCH_PREFIX) ? pull : undefined;
  };
  return {
    async plan() {
      const found = await previewOf(world, comment.number);
      if (found === undefined)
        return "This is no open pull request into the default branch, so there is nothing to plan.";
      const { preview, branch } = found;
      if (preview.kind === "gone") return "The branch is gone.";
      const report = checkReportOf(preview.kind === "conflict" ? { kind: "conflict", branch } : preview.findings);
      const details =
        report.text === undefined ? "" : `\n\n<details><summary>In full</summary>\n\n${report.text}\n\n</details>`;
      return `**${prose(report.title)}**\n\n${report.summary}${details}`;
    },
    async generate() {
      const found = await previewOf(world, comment.number);
      if (found === undefined || found.preview.kind !== "merged")
        return "There is nothing to generate: this is no open pull request that merges into the default branch.";
      const wish = { isDefault: false, asker: comment.author };
      const done = await generateOnBranch(world, found.subject, found.preview, wish);
      if (done.kind === "committed") return "Committed to this branch.";
      if (done.kind === "refused") return `The files could not be committed: ${prose(done.reason)}`;
      return "There is nothing to generate here: no file follows, there are Problems, or the branch is in a fork.";
    },
    async why() {
      const { step } = await planned(world, ({ decision }) => isAbout(comment.number, decision));
      if (step === undefined)
        return "RAOS has nothing to say about this: no pull request or issue of RAOS that is open.";
      const pull = "pull" in step.decision ? step.decision.pull : undefined;
      const hold = pull?.state === "open" ? await world.forge.mergeRules?.holdOf(pull) : undefined;
      return [whyText(step), ...(hold === undefined ? [] : holdText(hold))].join("\n\n");
    },
    async rebase() {
      const pull = await own();
      if (pull === undefined) return NOT_OURS;
      if (pull.botOnly !== true || pull.handsOff)
        return `Somebody else committed to this branch. ${code("/raos recreate")} replaces it.`;
      const { step, base } = await planned(world, (one) => branchFor(one.cause) === pull.branch);
      if (step?.proposal === undefined) return "Nothing is left that this pull request would change.";
      await world.forge.update(pull, step.proposal, base, true);
      return `Built anew on ${code(base.branch)} (${code(base.sha.slice(0, 12))}).`;
    },
    async recreate() {
      const pull = await own();
      if (pull === undefined) return NOT_OURS;
      await world.forge.close(pull, recreationSentence(pull.head));
      const cause = causeOf(pull.branch);
      return cause?.kind === "regression"
        ? `Closed; ask ${code("/raos revert")} on #${cause.pull} again.`
        : "Closed; the next pass opens it again.";
    },
    explain: (rest) => explainValues(world, comment.number, rest),
    async revert() {
      const why = `${comment.author} asked for it, in comment ${comment.id} on pull request ${comment.number}.`;
      return (await revertPull(world, comment.number, { by: "person", why })).says;
    },
    promote: (rest) => answerPromote(world, comment, rest),
    hold: (rest) => holdAgent(world, comment, rest),
    resume: (rest) => resumeAgent(world, comment, rest),
    create: (rest) => createInComment(world, comment, rest),
    change: (rest) => changeInComment(world, comment, rest),
  };
}

interface Previewed {
  readonly subject: CheckSubject;
  readonly preview: Preview;
  readonly branch: string;
}

async function previewOf(world: World, number: number): Promise<Previewed | undefined> {
  const { previews, forge } = world;
  const read = await readDefaultBranch(world);
  if (previews === undefined || read.kind !== "read") return undefined;
  const subjects = (await forge.ownChecks?.subjects(read.base.branch, CHECK_NAME)) ?? [];
  const subject = subjects.find(({ pull }) => pull === number);
  if (subject === undefined) return undefined;
  return { subject, preview: await previewMerge(world, previews, read, subject), branch: read.base.branch };
}

/** The first step that fits, of what a pass would do now. */
async function planned(
  world: World,
  fits: (step: Step) => boolean,
): Promise<{ readonly step: Step | undefined; readonly base: Base }> {
  const { base, steps } = await planSteps(world, { isDryRun: true });
  for await (const step of steps) if (fits(step)) return { step, base };
  return { step: undefined, base };
}

function isAbout(number: number, decision: Step["decision"]): boolean {
  const pull: PullRequest | undefined = "pull" in decision ? decision.pull : undefined;
  const issue = "issue" in decision ? decision.issue : undefined;
  return pull?.number === number || issue?.number === number;
}

/** What the rules of the repository ask for before it may be merged. */
function holdText(hold: MergeHold): readonly string[] {
  const held = heldBy(hold);
  return held === undefined ? [] : [held.message ?? REASONS[held.reason].says];
}

function whyText(step: Step): string {
  const [outcome] = foreseenOutcomes(step);
  const { kind = "unchanged", reason } = outcome ?? {};
  const known = Object.entries(REASONS).find(([word]) => word === reason)?.[1].says;
  const what = `The next pass leaves it **${prose(kind)}**`;
  return `${what}${reason === undefined ? "." : `: ${known ?? prose(reason)}`}`;
}
