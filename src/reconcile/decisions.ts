import type { Issue } from "../domain/alert/incident.ts";
import type { Decision, DecisionKind, Outcome } from "../domain/decision.ts";
import type { Proposal } from "../domain/proposal.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import type { Base } from "../forge/forge.ts";
import type { Step } from "../pass/step.ts";
import type { World } from "../pass/world.ts";
import { closingSentence, handsOffSentence, refusalSentence } from "../pr/sentences.ts";
import { mergeVerified } from "./merge-verified.ts";

/** An outcome without its cause and agent. */
export type Result = Omit<Outcome, "cause" | "agent">;

/** What acting on a decision needs. */
interface Acting {
  readonly world: World;
  readonly base: Base;
  /** The pull request as it should be. Throws RangeError where the step has none, which is a bug. */
  proposal(): Proposal;
}

/** One kind of decision: what it is called, its result, and what it does. */
interface DecisionEntry<K extends DecisionKind> {
  /** The phrase that `raos plan` prints. */
  readonly summary: string;
  /** The result, before anybody acts. */
  foresee(decision: Decision<K>): Result;
  /** Carries the decision out, and returns the result. Left out: there is nothing to do. Throws ForgeError or GitError. */
  act?(decision: Decision<K>, acting: Acting): Promise<Result>;
}

/** Every kind of decision. A new kind is one entry here, and its fields in `domain/decision.ts`. */
const DECISIONS: { readonly [K in DecisionKind]: DecisionEntry<K> } = {
  open: {
    summary: "would open",
    foresee: () => ({ kind: "opened" }),
    async act(_, { world, base, proposal }) {
      return { kind: "opened", ...pullOf(await world.forge.open(proposal(), base)) };
    },
  },
  update: {
    summary: "would update",
    foresee: ({ pull, reason }) => ({ kind: "updated", reason, ...pullOf(pull) }),
    async act({ pull, reason }, { world, base, proposal }) {
      const updated = await world.forge.update(pull, proposal(), base, reason === "stale-base");
      return { kind: "updated", reason, ...pullOf(updated) };
    },
  },
  close: {
    summary: "would close",
    foresee: ({ pull, reason }) => ({ kind: "closed", reason, ...pullOf(pull) }),
    async act({ pull, reason }, { world }) {
      // A duplicate shares its branch with the pull request that stays open.
      await world.forge.close(pull, closingSentence(reason), { keepBranch: reason === "duplicate" });
      return { kind: reason === "denied" ? "denied" : "closed", reason, ...pullOf(pull) };
    },
  },
  merge: {
    summary: "would merge",
    foresee: ({ pull }) => ({ kind: "merged", reason: "low-risk", ...pullOf(pull) }),
    async act({ pull }, { world, base, proposal }) {
      return { ...(await mergeVerified(world, base, pull, proposal())), ...pullOf(pull) };
    },
  },
  "hands-off": {
    summary: "left to its author",
    foresee: ({ pull }) => ({ kind: "skipped", reason: "person-edited-the-branch", ...pullOf(pull) }),
    async act({ pull, comment }, { world }) {
      if (comment) await world.forge.commentHandsOff(pull, handsOffSentence(pull.branch));
      return { kind: "skipped", reason: "person-edited-the-branch", ...pullOf(pull) };
    },
  },
  refused: {
    summary: "closed by a person",
    foresee: ({ pull }) => refusedResult(pull),
    async act({ pull, comment }, { world }) {
      if (comment) await world.forge.commentHandsOff(pull, refusalSentence());
      return refusedResult(pull);
    },
  },
  unchanged: {
    summary: "open, up to date",
    foresee: ({ pull, reason }) => ({ kind: "unchanged", reason, ...pullOf(pull) }),
  },
  skip: {
    summary: "would skip",
    foresee: ({ pull, reason, message }) => ({
      ...{ kind: "skipped", reason, ...pullOf(pull) },
      ...(message === undefined ? {} : { message }),
    }),
  },
  "open-issue": {
    summary: "would open an issue",
    foresee: ({ reason }) => ({ kind: "opened", reason }),
    async act({ report, reason }, { world }) {
      return { kind: "opened", reason, ...issueOf(await world.forge.openIssue(report)) };
    },
  },
  "update-issue": {
    summary: "would update its issue",
    foresee: ({ issue, reason }) => ({ kind: "updated", reason, ...issueOf(issue) }),
    async act({ issue, report, reason }, { world }) {
      return { kind: "updated", reason, ...issueOf(await world.forge.updateIssue(issue, report)) };
    },
  },
  "close-issue": {
    summary: "would close its issue",
    foresee: ({ issue, reason }) => ({ kind: "closed", reason, ...issueOf(issue) }),
    async act({ issue, sentence, reason }, { world }) {
      await world.forge.closeIssue(issue, sentence);
      return { kind: "closed", reason, ...issueOf(issue) };
    },
  },
  "show-rollout": {
    summary: "would say what became of it",
    foresee: ({ pull, reason }) => ({ kind: "updated", reason, ...pullOf(pull) }),
    async act({ pull, text, deployments, reason }, { world }) {
      // The comment comes last: while it does not say so, the next pass shows both again.
      await world.forge.deployments?.show(deployments);
      await world.forge.showRollout(pull, text);
      return { kind: "updated", reason, ...pullOf(pull) };
    },
  },
  "keep-issue": {
    summary: "would keep its issue",
    foresee: ({ issue, reason }) => ({ kind: "unchanged", reason, ...issueOf(issue) }),
  },
};

/** The phrase that `raos plan` prints for a decision. */
export function planSummaryOf({ kind }: Decision): string {
  return DECISIONS[kind].summary;
}

/** The result of a decision, before anybody acts on it. */
export function foresee<K extends DecisionKind>(decision: Decision<K>): Result {
  const entry: { readonly [P in DecisionKind]: DecisionEntry<P> }[K] = DECISIONS[decision.kind];
  return entry.foresee(decision);
}

/** Acts on a decision; undefined where there is nothing to do. Throws ForgeError or GitError. */
export async function act<K extends DecisionKind>(
  decision: Decision<K>,
  step: Step,
  world: World,
  base: Base,
): Promise<Result | undefined> {
  const entry: { readonly [P in DecisionKind]: DecisionEntry<P> }[K] = DECISIONS[decision.kind];
  const proposal = () => {
    if (step.proposal === undefined) throw new RangeError("a pull request without a proposal");
    return step.proposal;
  };
  return entry.act?.(decision, { world, base, proposal });
}

function refusedResult(pull: PullRequest): Result {
  return { kind: "skipped", reason: "closed-by-a-person", message: refusalSentence(), ...pullOf(pull) };
}

function pullOf(pull: PullRequest | undefined): Pick<Result, "pull"> {
  if (pull === undefined) return {};
  const { number, url, branch, head } = pull;
  return { pull: { number, url, branch, head } };
}

function issueOf({ number, url }: Issue): Pick<Result, "issue"> {
  return { issue: { number, url } };
}
