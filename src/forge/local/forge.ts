import type { PullRequest } from "../../domain/pull-request.ts";
import type { Instant, Sha } from "../../domain/values/scalars.ts";
import { BOT, type Person } from "../../git/bot.ts";
import { OBJECT_LIMIT } from "../../git/objects/batch-parser.ts";
import type { Repository } from "../../git/repository.ts";
import { runGit } from "../../git/run-git.ts";
import type { Forge } from "../forge.ts";
import { withForgeErrors } from "../with-forge-errors.ts";
import { createLocalContext, findPull } from "./context.ts";
import { closeLocalPull, mergeLocalPull, reopenLocalPull, storeHandsOff, storeRollout } from "./end-pull.ts";
import { createLocalIssues, type LocalIssues } from "./issues.ts";
import { createOpener } from "./open-pull.ts";
import { resolvePulls } from "./resolve-pulls.ts";
import { type Comment, commentPath, parseComment } from "./stored-files.ts";
import { updateLocalPull } from "./update-pull.ts";

/** A forge inside a Git repository: pull requests and issues are refs below `refs/raos/`. */
export interface LocalForge extends Forge, LocalIssues {
  /** Pull requests by number. */
  list(state: PullRequest["state"] | "all"): Promise<readonly PullRequest[]>;
  /** The comments of one, oldest first. */
  comments(number: number): Promise<readonly Comment[]>;
  /** What one changes, as a unified diff against its merge base. At most 10 MiB. */
  diff(number: number): Promise<string>;
  /** Closes as a person who refuses the change: it is not opened again until its content changes. */
  closeAsPerson(pull: PullRequest, sentence?: string): Promise<void>;
  /** Opens a closed pull request again, as a person. */
  reopen(pull: PullRequest): Promise<void>;
  /** Ends the forge's own Git child; the repository stays open. */
  dispose(): Promise<void>;
}

export interface LocalForgeOptions {
  readonly clock: () => Instant;
  /** The person who merges and closes; left out: a person without a name. */
  readonly person?: Person;
}

const SOMEBODY: Person = { name: "raos pr", email: "raos-pr@localhost" };

/** The local forge of a repository. Its methods throw ForgeError. */
export function createLocalForge(repository: Repository, options: LocalForgeOptions): LocalForge {
  const context = createLocalContext(repository, options.clock);
  const open = createOpener(context);
  const person = options.person ?? SOMEBODY;
  return {
    checksStartLater: false,
    defaultBranch: () =>
      withForgeErrors(async () => {
        const { branch, sha } = await repository.head();
        return { name: branch, sha };
      }),
    pullRequests: (branches) =>
      withForgeErrors(async () => {
        const index = await context.pulls.readAll();
        const wanted = new Set(branches);
        const stored = index.pulls.filter(({ file }) => file.state === "open" || wanted.has(file.branch));
        const pulls = await resolvePulls(repository, index, stored);
        const ended = newestByBranch(pulls.filter((pull) => pull.state !== "open" && wanted.has(pull.branch)));
        return {
          pulls: [...pulls.filter((pull) => pull.state === "open"), ...ended],
          complete: index.complete,
          account: BOT.name,
        };
      }),
    openedSince: (since) =>
      withForgeErrors(async () => {
        const index = await context.pulls.readAll();
        const opened = index.pulls.filter(({ file }) => file.createdAt > since);
        return index.complete ? opened.map(({ file }) => file.branch) : undefined;
      }),
    recentPulls: (since) =>
      withForgeErrors(async () => {
        const index = await context.pulls.readAll();
        if (!index.complete) return undefined;
        const pulls = await resolvePulls(repository, index, index.pulls);
        return pulls.filter((pull) => pull.createdAt > since || (pull.endedAt ?? 0) > since);
      }),
    pull: (number) =>
      withForgeErrors(async () => {
        const index = await context.pulls.readOne(number);
        const [pull] = await resolvePulls(repository, index, index.pulls);
        return pull;
      }),
    open,
    update: (pull, proposal, base, replay) => updateLocalPull(context, pull, proposal, base, replay),
    close: (pull, sentence) => withForgeErrors(() => closeLocalPull(context, pull, BOT, "bot", sentence)),
    closeAsPerson: (pull, sentence) => withForgeErrors(() => closeLocalPull(context, pull, person, "person", sentence)),
    reopen: (pull) => withForgeErrors(() => reopenLocalPull(context, pull, person)),
    commentHandsOff: (pull, sentence) => withForgeErrors(() => storeHandsOff(context, pull, sentence)),
    showRollout: (pull, text) => withForgeErrors(() => storeRollout(context, pull, text)),
    checks: async () => "none",
    merge: (pull, onto) => mergeLocalPull(context, pull, person, onto),
    list: (state) =>
      withForgeErrors(async () => {
        const index = await context.pulls.readAll();
        const pulls = await resolvePulls(repository, index, index.pulls);
        return pulls.filter((pull) => state === "all" || pull.state === state);
      }),
    comments: (number) =>
      withForgeErrors(async () => {
        const { stored } = await findPull(context, number);
        const paths = Array.from({ length: stored.file.comments }, (_, index) => commentPath(index + 1));
        const read = await Promise.all(paths.map((path) => context.objects.at(stored.meta, path)));
        const { rollout } = stored.file;
        const last = rollout === undefined ? [] : [{ author: BOT.name, body: rollout.text, at: rollout.at }];
        const said = read.map((one) => (one.kind === "object" ? parseComment(one.bytes) : undefined));
        return [...said.filter((comment) => comment !== undefined), ...last];
      }),
    diff: (number) =>
      withForgeErrors(async () => {
        const { stored, index } = await findPull(context, number);
        const [pull] = await resolvePulls(repository, index, [stored]);
        if (pull === undefined) return "";
        const base = pull.state === "open" ? index.branches.get(pull.base) : undefined;
        return diffOf(repository, base ?? stored.file.baseSha, pull.head);
      }),
    ...createLocalIssues(context, person),
    dispose: () => context.objects.close(),
  };
}

/** A diff from the merge base of the two commits. */
async function diffOf(repository: Repository, base: Sha, head: Sha): Promise<string> {
  const args = [
    "diff",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-renames",
    "--end-of-options",
    `${base}...${head}`,
    "--",
  ];
  const { stdout } = await runGit(repository.place, args, { limit: OBJECT_LIMIT });
  return stdout.toString("utf8");
}

function newestByBranch(pulls: readonly PullRequest[]): readonly PullRequest[] {
  return [...new Map(pulls.toSorted((a, b) => a.number - b.number).map((pull) => [pull.branch, pull])).values()];
}
