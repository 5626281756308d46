import type { Proposal, StandingPull } from "../domain/change.ts";
import type { Instant, Sha } from "../domain/scalars.ts";
import { OBJECT_LIMIT } from "../git/batch-parser.ts";
import { BOT, type Person } from "../git/bot.ts";
import type { Repository } from "../git/repository.ts";
import { runGit } from "../git/run-git.ts";
import type { Base, Forge } from "./forge.ts";
import { find, openDesk } from "./local-desk.ts";
import { closePull, keepHandsOff, mergePull } from "./local-end.ts";
import { asForge } from "./local-errors.ts";
import { type LocalIssues, localIssues } from "./local-issues.ts";
import { opener } from "./local-open.ts";
import { type Comment, commentPath, parseComment } from "./local-pull-file.ts";
import { standingPulls } from "./local-shelf.ts";
import { updatePull } from "./local-update.ts";

/** A forge inside a repository: pull requests are refs below `refs/raos/`, so a clone with those refs has everything. */
export interface LocalForge extends Forge, LocalIssues {
  readonly kind: "local";
  /** Pull requests by number. */
  list(state: StandingPull["state"] | "all"): Promise<readonly StandingPull[]>;
  /** What was said about one, oldest first. */
  comments(number: number): Promise<readonly Comment[]>;
  /** What one changes, as a unified diff against where it left its base. At most 10 MiB. */
  diff(number: number): Promise<string>;
  /** Opens several with one write; the answers are in the order of the proposals. */
  openMany(proposals: readonly Proposal[], base: Base): Promise<readonly StandingPull[]>;
  /** A person's no: it holds until the content changes. */
  closeAsPerson(pull: StandingPull, sentence?: string): Promise<void>;
  /** Ends the forge's own Git child; the repository stays open. */
  dispose(): Promise<void>;
}

export interface LocalForgeOptions {
  readonly clock: () => Instant;
  /** Who merges and closes where a person does; left out: a nameless person. */
  readonly person?: Person;
}

const SOMEBODY: Person = { name: "raos pr", email: "raos-pr@localhost" };

/** The local forge of a repository. Its methods throw ForgeError. */
export function createLocalForge(repository: Repository, options: LocalForgeOptions): LocalForge {
  const desk = openDesk(repository, options.clock);
  const open = opener(desk);
  const person = options.person ?? SOMEBODY;
  return {
    kind: "local",
    defaultBranch: () =>
      asForge(async () => {
        const { branch, sha } = await repository.head();
        return { name: branch, sha };
      }),
    standing: (branches) =>
      asForge(async () => {
        const shelf = await desk.shelves.every();
        const asked = new Set(branches);
        const near = shelf.pulls.filter(({ file }) => file.state === "open" || asked.has(file.branch));
        const pulls = await standingPulls(repository, shelf, near);
        const ended = newestByBranch(pulls.filter((pull) => pull.state !== "open" && asked.has(pull.branch)));
        return { pulls: [...pulls.filter((pull) => pull.state === "open"), ...ended], complete: shelf.complete };
      }),
    openedSince: (since) =>
      asForge(async () => {
        const shelf = await desk.shelves.every();
        return shelf.complete ? shelf.pulls.filter(({ file }) => file.createdAt > since).length : undefined;
      }),
    recent: (since) =>
      asForge(async () => {
        const shelf = await desk.shelves.every();
        if (!shelf.complete) return undefined;
        const pulls = await standingPulls(repository, shelf, shelf.pulls);
        return pulls.filter((pull) => pull.createdAt > since || (pull.endedAt ?? 0) > since);
      }),
    pull: (number) =>
      asForge(async () => {
        const shelf = await desk.shelves.one(number);
        const [pull] = await standingPulls(repository, shelf, shelf.pulls);
        return pull;
      }),
    open,
    openMany: (proposals, base) => Promise.all(proposals.map((proposal) => open(proposal, base))),
    update: (pull, proposal, base, replay) => updatePull(desk, pull, proposal, base, replay),
    close: (pull, sentence) => asForge(() => closePull(desk, pull, BOT, "bot", sentence)),
    closeAsPerson: (pull, sentence) => asForge(() => closePull(desk, pull, person, "person", sentence)),
    handsOff: (pull, sentence) => asForge(() => keepHandsOff(desk, pull, sentence)),
    checks: async () => "none",
    merge: (pull, onto) => mergePull(desk, pull, person, onto),
    list: (state) =>
      asForge(async () => {
        const shelf = await desk.shelves.every();
        const pulls = await standingPulls(repository, shelf, shelf.pulls);
        return pulls.filter((pull) => state === "all" || pull.state === state);
      }),
    comments: (number) =>
      asForge(async () => {
        const { stored } = await find(desk, number);
        const paths = Array.from({ length: stored.file.comments }, (_, index) => commentPath(index + 1));
        const read = await Promise.all(paths.map((path) => desk.objects.at(stored.meta, path)));
        return read
          .map((one) => (one.kind === "object" ? parseComment(one.bytes) : undefined))
          .filter((comment) => comment !== undefined);
      }),
    diff: (number) =>
      asForge(async () => {
        const { stored, shelf } = await find(desk, number);
        const [pull] = await standingPulls(repository, shelf, [stored]);
        if (pull === undefined) return "";
        const now = pull.state === "open" ? shelf.branches.get(pull.base) : undefined;
        return diffOf(repository, now ?? stored.file.baseSha, pull.head);
      }),
    ...localIssues(desk, person),
    dispose: () => desk.objects.close(),
  };
}

/** Against where the branch left its base: of an open one the base as it is now, of an ended one as it was then. */
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

function newestByBranch(pulls: readonly StandingPull[]): readonly StandingPull[] {
  return [...new Map(pulls.toSorted((a, b) => a.number - b.number).map((pull) => [pull.branch, pull])).values()];
}
