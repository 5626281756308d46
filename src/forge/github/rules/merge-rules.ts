import * as z from "zod";
import type { PullRequest } from "../../../domain/pull-request.ts";
import type { MergeHold, MergeRules } from "../../forge.ts";
import type { GitHubClient } from "../client/client.ts";
import type { RepositoryName } from "../context.ts";
import { faultOfPart, parts, write } from "../write.ts";

const HOLD = `query MergeHold($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    isDraft reviewDecision mergeStateStatus isInMergeQueue isMergeQueueEnabled autoMergeRequest { enabledBy { login } }
    baseRef { refUpdateRule { requiredStatusCheckContexts } }
    commits(last: 1) { nodes { commit { statusCheckRollup { contexts(first: 100) { nodes {
      __typename ... on CheckRun { name conclusion } ... on StatusContext { context state }
    } } } } } }
  } }
}`;

const Context = z.union([
  z.object({ __typename: z.literal("CheckRun"), name: z.string(), conclusion: z.string().nullable() }),
  z.object({ __typename: z.literal("StatusContext"), context: z.string(), state: z.string() }),
]);
const Contexts = z.object({ contexts: z.object({ nodes: z.array(Context.nullable()).nullable() }) });
const Commits = z.object({
  nodes: z.array(z.object({ commit: z.object({ statusCheckRollup: Contexts.nullable() }) }).nullable()).nullable(),
});
const Facts = z.object({
  isDraft: z.boolean(),
  reviewDecision: z.string().nullable(),
  mergeStateStatus: z.string(),
  isInMergeQueue: z.boolean(),
  isMergeQueueEnabled: z.boolean(),
  autoMergeRequest: z.object({}).nullable(),
  baseRef: z
    .object({
      refUpdateRule: z.object({ requiredStatusCheckContexts: z.array(z.string().nullable()).nullable() }).nullable(),
    })
    .nullable(),
  commits: Commits,
});
type Facts = z.infer<typeof Facts>;
const Answer = z.object({ repository: z.object({ pullRequest: Facts }) });

/** A rule of a ruleset that holds for a branch; every reader of the repository may see it. */
const Rules = z.array(
  z.object({
    type: z.string(),
    parameters: z.object({ required_status_checks: z.array(z.object({ context: z.string() })).optional() }).optional(),
  }),
);

/** What GitHub's rulesets, protected branches and merge queue ask for. Throws ForgeError. */
export function createMergeRules(client: GitHubClient, repository: RepositoryName): MergeRules {
  return {
    async holdOf(pull) {
      const doing = `read the rules for #${pull.number}`;
      const answer = await client.query(doing, HOLD, { ...repository, number: pull.number }, Answer);
      const facts = answer.repository.pullRequest;
      const hold = holdIn(facts);
      return hold.kind === "held-by-rules" ? explained(client, repository, pull, facts) : hold;
    },
    async enqueue(pull) {
      const doing = `add #${pull.number} to the merge queue`;
      const written = await write(client, doing, { enqueue: parts.enqueuePull(pull.id, pull.head) });
      // Where the answer is lost, the next pass reads whether it is in the queue.
      const fault = written.kind === "lost" ? undefined : faultOfPart(written, "enqueue", doing);
      if (fault !== undefined) throw fault;
    },
  };
}

/** What a review decision other than an approval means. */
const REVIEWS: Readonly<Record<string, MergeHold>> = {
  CHANGES_REQUESTED: { kind: "changes-requested" },
  REVIEW_REQUIRED: { kind: "review-required" },
};

function holdIn(facts: Facts): MergeHold {
  if (facts.isDraft) return { kind: "is-a-draft" };
  if (facts.isInMergeQueue) return { kind: "in-merge-queue" };
  const review = REVIEWS[facts.reviewDecision ?? ""];
  if (review !== undefined) return review;
  if (facts.autoMergeRequest !== null) return { kind: "auto-merge" };
  if (facts.isMergeQueueEnabled) return { kind: "merge-queue" };
  return { kind: facts.mergeStateStatus === "BLOCKED" ? "held-by-rules" : "none" };
}

/** Names the required checks that are missing, which most often hold a merge back. */
async function explained(
  client: GitHubClient,
  { owner, name }: RepositoryName,
  pull: PullRequest,
  facts: Facts,
): Promise<MergeHold> {
  const rules = await client.get(
    "read the branch rules",
    { owner, repo: name, branch: pull.base },
    (octokit, asked) => octokit.rest.repos.getBranchRules(asked),
    Rules,
  );
  const ofRulesets = (rules ?? []).flatMap(({ parameters }) => parameters?.required_status_checks ?? []);
  const ofProtection = facts.baseRef?.refUpdateRule?.requiredStatusCheckContexts ?? [];
  const wanted = [...ofRulesets.map(({ context }) => context), ...ofProtection.filter((one) => one !== null)];
  const passed = passedIn(facts);
  const missing = [...new Set(wanted)].filter((context) => !passed.has(context));
  return missing.length === 0 ? { kind: "held-by-rules" } : { kind: "checks-missing", checks: missing };
}

function passedIn({ commits }: Facts): ReadonlySet<string> {
  const nodes = commits.nodes?.at(0)?.commit.statusCheckRollup?.contexts.nodes ?? [];
  const passed = nodes.flatMap((node): readonly string[] => {
    if (node === null) return [];
    if (node.__typename === "StatusContext") return node.state === "SUCCESS" ? [node.context] : [];
    return ["SUCCESS", "NEUTRAL", "SKIPPED"].includes(node.conclusion ?? "") ? [node.name] : [];
  });
  return new Set(passed);
}
