import type { Issue, IssueProposal } from "../../domain/alert/incident.ts";
import type { Sha } from "../../domain/values/scalars.ts";
import { BOT, type Person } from "../../git/bot.ts";
import { checkIssueReport } from "../check-issue-report.ts";
import { type Forge, ForgeError } from "../forge.ts";
import { withForgeErrors } from "../with-forge-errors.ts";
import type { LocalContext } from "./context.ts";
import { headRef, PULLS, usedNumbers } from "./pull-refs.ts";
import { commentPath, type IssueFile, parseIssueFile, toJson } from "./stored-files.ts";

/** Where the local forge stores issues: `<number>/meta`, a chain of commits, as for pull requests. */
const ISSUES = "refs/raos/issues/";

export interface LocalIssues extends Pick<Forge, "issues" | "openIssue" | "updateIssue" | "closeIssue"> {
  /** Every issue by number. */
  listIssues(): Promise<readonly Issue[]>;
  /** Closes as a person. */
  closeIssueAsPerson(issue: Issue): Promise<void>;
}

const LATEST_FOLDER = "refs/raos/latest/";
/**
 * Moved by every new issue. Two processes that open an issue at the same moment may use different numbers, so that no other ref
 * of theirs is the same: only one of them can move this ref, and the other reads the issues again.
 */
const LATEST = `${LATEST_FOLDER}issue`;
/** How long an issue that is closed is remembered: 90 days, in milliseconds. */
const REMEMBERED = 90 * 86_400_000;
/** Attempts while other processes use the same number or write the same issue. */
const ATTEMPTS = 10;

interface Stored {
  readonly number: number;
  readonly meta: Sha;
  readonly file: IssueFile;
}

/** The issues of a local forge. Methods throw ForgeError. */
export function createLocalIssues(context: LocalContext, person: Person): LocalIssues {
  const { repository, objects } = context;

  async function readAll(): Promise<{ readonly stored: readonly Stored[]; readonly complete: boolean }> {
    const refs = [...(await repository.refsBelow(ISSUES))].flatMap(([ref, meta]) => {
      const number = Number(/^refs\/raos\/issues\/([1-9]\d{0,8})\/meta$/.exec(ref)?.[1] ?? Number.NaN);
      return Number.isNaN(number) ? [] : [{ number, meta }];
    });
    const read = await Promise.all(
      refs.map(async ({ number, meta }) => {
        const found = await objects.at(meta, "issue.json");
        const file = found.kind === "object" ? parseIssueFile(found.bytes) : undefined;
        return file === undefined ? undefined : { number, meta, file };
      }),
    );
    const stored = read.filter((one) => one !== undefined).sort((a, b) => a.number - b.number);
    return { stored, complete: stored.length === refs.length };
  }

  function toIssue({ number, file }: Pick<Stored, "number" | "file">): Issue {
    return {
      number,
      id: metaRef(number),
      url: `${repository.name}#issue-${number}`,
      key: file.key,
      title: file.title,
      body: file.body,
      state: file.state,
      closedByBot: file.state === "closed" && file.closedBy === "bot",
      createdAt: file.createdAt,
      endedAt: file.closedAt,
    };
  }

  async function put(number: number, old: Sha, file: IssueFile, by: Person, comment?: string): Promise<void> {
    const at = context.now();
    const comments =
      comment === undefined ? [] : [{ path: commentPath(1), text: toJson({ author: by.name, body: comment, at }) }];
    const files = [{ path: "issue.json", text: toJson(file) }, ...comments];
    const message = `${file.state === "closed" ? "Closed" : "Updated"}: ${file.title}\n`;
    await context.write({
      drafts: [{ parents: [old], files, message, author: by, at }],
      refs: ([meta]) => [{ ref: metaRef(number), old, new: meta }],
    });
  }

  /** `latest`: where `LATEST` was before the issues were read. */
  async function putNew(number: number, file: IssueFile, latest: Sha | undefined): Promise<void> {
    const files = [{ path: "issue.json", text: toJson(file) }];
    await context.write({
      drafts: [{ parents: [], files, message: `Opened: ${file.title}\n`, author: BOT, at: context.now() }],
      refs: ([meta]) => [
        { ref: metaRef(number), old: undefined, new: meta },
        // The pull request ref of its number, so that no pull request can have that number.
        { ref: headRef(number), old: undefined, new: meta },
        { ref: LATEST, old: latest, new: meta },
      ],
    });
  }

  /** Writes of this process run one by one; a write of another process makes a ref update fail. */
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = last.then(work, work);
    last = next.catch(() => {});
    return next;
  }

  async function open(report: IssueProposal): Promise<Issue> {
    let number = 0;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      // Before the issues: what another process writes after this is noticed when the refs are updated.
      const refs = await repository.refsBelow(PULLS, LATEST_FOLDER);
      const { stored } = await readAll();
      const present = stored.find(({ file }) => file.key === report.key && file.state === "open");
      if (present !== undefined) return toIssue(present);
      const { key, title, body, labels } = checkIssueReport(report);
      const used = new Set(usedNumbers(refs.keys()));
      while (number === 0 || used.has(number)) number = await context.nextNumber();
      const file: IssueFile = {
        version: 1,
        key,
        title,
        body,
        labels: [...labels],
        state: "open",
        createdAt: context.now(),
      };
      try {
        await withForgeErrors(() => putNew(number, file, refs.get(LATEST)));
        return toIssue({ number, file });
      } catch (error) {
        if (!(error instanceof ForgeError) || error.code !== "stale") throw error;
      }
    }
    throw new ForgeError("stale", "other processes keep writing the same issues");
  }

  async function change(issue: Issue, by: Person, to: (file: IssueFile) => IssueFile, comment?: string) {
    const { stored } = await readAll();
    const present = stored.find((one) => one.number === issue.number);
    if (present === undefined) throw new ForgeError("not-found", `there is no issue #${issue.number}`);
    if (present.file.state === "closed") return toIssue(present);
    const file = to(present.file);
    await put(issue.number, present.meta, file, by, comment);
    return toIssue({ number: issue.number, file });
  }

  const closed = (closedBy: "bot" | "person") => (file: IssueFile) => ({
    ...file,
    state: "closed" as const,
    closedBy,
    closedAt: context.now(),
  });
  return {
    issues: () =>
      withForgeErrors(async () => {
        const { stored, complete } = await readAll();
        const since = context.now() - REMEMBERED;
        const recent = stored.filter(({ file }) => file.state === "open" || (file.closedAt ?? 0) > since);
        return { issues: recent.map(toIssue), complete };
      }),
    listIssues: () => withForgeErrors(async () => (await readAll()).stored.map(toIssue)),
    openIssue: (report) => inTurn(() => withForgeErrors(() => open(report))),
    updateIssue: (issue, report) =>
      inTurn(async () => {
        const { title, body } = checkIssueReport(report);
        return withForgeErrors(() => change(issue, BOT, (file) => ({ ...file, title, body })));
      }),
    closeIssue: async (issue, sentence) => {
      await inTurn(() => withForgeErrors(() => change(issue, BOT, closed("bot"), sentence)));
    },
    closeIssueAsPerson: async (issue) => {
      await inTurn(() => withForgeErrors(() => change(issue, person, closed("person"))));
    },
  };
}

function metaRef(number: number): string {
  return `${ISSUES}${number}/meta`;
}
