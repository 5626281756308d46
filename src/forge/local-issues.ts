import type { Report, StandingIssue } from "../domain/incident.ts";
import type { Sha } from "../domain/scalars.ts";
import { BOT, type Person } from "../git/bot.ts";
import { type Forge, ForgeError } from "./forge.ts";
import { checked } from "./issue-key.ts";
import type { Desk } from "./local-desk.ts";
import { asForge } from "./local-errors.ts";
import { commentPath, type IssueFile, parseIssueFile, toJson } from "./local-pull-file.ts";
import { headRef, PULLS, takenNumbers } from "./local-shelf.ts";

/** Where the local forge keeps issues: `<number>/meta`, a chain of commits, as pull requests have one. */
const ISSUES = "refs/raos/issues/";

export interface LocalIssues extends Pick<Forge, "issues" | "openIssue" | "updateIssue" | "closeIssue"> {
  /** Every issue by number. */
  listIssues(): Promise<readonly StandingIssue[]>;
  /** A person's close. */
  closeIssueAsPerson(issue: StandingIssue): Promise<void>;
}

const WEEK = 7 * 86_400_000;
/** Other processes may take a number or write the same issue in between; so often it is looked at again. */
const ATTEMPTS = 10;

interface Stored {
  readonly number: number;
  readonly meta: Sha;
  readonly file: IssueFile;
}

/** The issues of a local forge. Methods throw ForgeError. */
export function localIssues(desk: Desk, person: Person): LocalIssues {
  const { repository, objects } = desk;

  async function every(): Promise<{ readonly stored: readonly Stored[]; readonly complete: boolean }> {
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

  function standing({ number, file }: Pick<Stored, "number" | "file">): StandingIssue {
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

  async function put(number: number, old: Sha | undefined, file: IssueFile, by: Person, said?: string): Promise<void> {
    const at = desk.now();
    const comment =
      said === undefined ? [] : [{ path: commentPath(1), text: toJson({ author: by.name, body: said, at }) }];
    const draft = {
      parents: old === undefined ? [] : [old],
      files: [{ path: "issue.json", text: toJson(file) }, ...comment],
      message: `${old === undefined ? "Opened" : file.state === "closed" ? "Closed" : "Updated"}: ${file.title}\n`,
      author: by,
      at,
    };
    // A new one takes its number among the pull requests too, so that none of them and no other issue can have it.
    const taken = (meta: Sha | undefined) =>
      old === undefined ? [{ ref: headRef(number), old: undefined, new: meta }] : [];
    await desk.write({ drafts: [draft], refs: ([meta]) => [{ ref: metaRef(number), old, new: meta }, ...taken(meta)] });
  }

  /** One by one in this process; another process is noticed by the ref that is there already. */
  let line: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = line.then(work, work);
    line = next.catch(() => {});
    return next;
  }

  async function open(report: Report): Promise<StandingIssue> {
    let number = 0;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { stored } = await every();
      const present = stored.find(({ file }) => file.key === report.key && file.state === "open");
      if (present !== undefined) return standing(present);
      const { key, title, body, labels } = checked(report);
      const taken = new Set(takenNumbers((await repository.refsBelow(PULLS)).keys()));
      while (number === 0 || taken.has(number)) number = await desk.nextNumber();
      const file: IssueFile = {
        version: 1,
        key,
        title,
        body,
        labels: [...labels],
        state: "open",
        createdAt: desk.now(),
      };
      try {
        await asForge(() => put(number, undefined, file, BOT));
        return standing({ number, file });
      } catch (error) {
        if (!(error instanceof ForgeError) || error.code !== "stale") throw error;
      }
    }
    throw new ForgeError("stale", "issues keep being written by somebody else");
  }

  async function change(issue: StandingIssue, by: Person, to: (file: IssueFile) => IssueFile, said?: string) {
    const { stored } = await every();
    const present = stored.find((one) => one.number === issue.number);
    if (present === undefined) throw new ForgeError("not-found", `there is no issue #${issue.number}`);
    if (present.file.state === "closed") return standing(present);
    const file = to(present.file);
    await put(issue.number, present.meta, file, by, said);
    return standing({ number: issue.number, file });
  }

  const closed = (closedBy: "bot" | "person") => (file: IssueFile) => ({
    ...file,
    state: "closed" as const,
    closedBy,
    closedAt: desk.now(),
  });
  return {
    issues: () =>
      asForge(async () => {
        const { stored, complete } = await every();
        const since = desk.now() - WEEK;
        const near = stored.filter(({ file }) => file.state === "open" || (file.closedAt ?? 0) > since);
        return { issues: near.map(standing), complete };
      }),
    listIssues: () => asForge(async () => (await every()).stored.map(standing)),
    openIssue: (report) => inTurn(() => asForge(() => open(report))),
    updateIssue: (issue, report) =>
      inTurn(async () => {
        const { title, body } = checked(report);
        return asForge(() => change(issue, BOT, (file) => ({ ...file, title, body })));
      }),
    closeIssue: async (issue, sentence) => {
      await inTurn(() => asForge(() => change(issue, BOT, closed("bot"), sentence)));
    },
    closeIssueAsPerson: async (issue) => {
      await inTurn(() => asForge(() => change(issue, person, closed("person"))));
    },
  };
}

function metaRef(number: number): string {
  return `${ISSUES}${number}/meta`;
}
