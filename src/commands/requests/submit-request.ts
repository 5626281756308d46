import { planRequest } from "../../causes/request/plan-request.ts";
import type { WordedResult } from "../../causes/request/words/worded-request.ts";
import type { Outcome } from "../../domain/decision.ts";
import { beginPass } from "../../pass/begin-pass.ts";
import type { Pass } from "../../pass/pass.ts";
import type { Step } from "../../pass/step.ts";
import type { World } from "../../pass/world.ts";
import { act } from "../../reconcile/decisions.ts";
import { foreseenOutcomes, outcomesOf } from "../../reconcile/outcomes.ts";
import { startingOver } from "../../reconcile/start-over.ts";
import { refuseTaken } from "./refuse-taken.ts";
import type { RequestRefusal } from "./request-refusal.ts";

/** What became of a request. `questions`: what has to be known first, at most two; nothing was opened. */
export type Submitted =
  | { readonly kind: "submitted"; readonly step: Step; readonly outcomes: readonly Outcome[] }
  | { readonly kind: "questions"; readonly questions: readonly string[] }
  | RequestRefusal;

/** What a request asks for, made from the present state of the repository. */
export type AskedInPass = (pass: Pass) => Promise<WordedResult>;

/**
 * Turns a request into its pull request, or says why there is none. `isDryRun`: nothing is written. Whoever asks again gets the same
 * pull request. Throws GitError or ForgeError.
 */
export async function submitRequest(world: World, ask: AskedInPass, isDryRun = false): Promise<Submitted> {
  return startingOver(world, async () => {
    const begun = await beginPass(world);
    if (begun.kind === "nothing") return unreadable(begun.outcomes);
    if (!begun.pass.isConfigured) return NOT_CONFIGURED;
    const asked = await ask(begun.pass);
    if (asked.kind === "refused" || asked.kind === "questions") return asked;
    if (asked.kind === "known")
      return { kind: "submitted", step: asked.step, outcomes: foreseenOutcomes(asked.step).slice(0, 1) };
    const step = await planRequest(begun.pass, asked);
    const foreseen = foreseenOutcomes(step).slice(0, 1);
    const isRefused = foreseen.some(({ kind }) => kind === "problem" || kind === "denied");
    if (isDryRun || isRefused) return { kind: "submitted", step, outcomes: foreseen };
    const result = await act(step.decision, step, world, begun.pass.base);
    const outcomes = result === undefined ? foreseen : outcomesOf(step, result).slice(0, 1);
    return { kind: "submitted", step, outcomes };
  });
}

/** What a request comes to before anything is planned or written: where a model writes it, this takes minutes. Throws GitError or ForgeError. */
export async function draftRequest(world: World, ask: AskedInPass): Promise<WordedResult> {
  const begun = await beginPass(world);
  if (begun.kind === "nothing") return unreadable(begun.outcomes);
  return begun.pass.isConfigured ? ask(begun.pass) : NOT_CONFIGURED;
}

/** A draft as a request. Another one may have taken its name in the meantime. */
export function askDrafted(drafted: WordedResult): AskedInPass {
  return async (pass) => {
    if (drafted.kind !== "asked") return drafted;
    const { agent, wants } = drafted.requested.request;
    return (wants === "create" ? refuseTaken(pass, agent) : undefined) ?? drafted;
  };
}

function unreadable(outcomes: readonly Outcome[]): RequestRefusal {
  const [problem] = outcomes.flatMap(({ problems = [] }) => problems);
  const place = problem === undefined ? "" : `: ${problem.file}: ${problem.message}`;
  return { kind: "refused", reason: "repository-unreadable", message: `the default branch cannot be read${place}` };
}

const NOT_CONFIGURED: RequestRefusal = {
  kind: "refused",
  reason: "not-configured",
  message: "the repository has no raos.yaml; run raos init there",
};
