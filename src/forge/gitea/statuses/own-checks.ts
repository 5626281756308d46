import * as z from "zod";
import type { CheckReport, CheckSubject } from "../../../domain/review/check-report.ts";
import type { Sha } from "../../../domain/values/scalars.ts";
import type { OwnChecks } from "../../forge.ts";
import { listOpen } from "../pulls/list.ts";
import type { PullContext } from "../pulls/read.ts";
import { type CommitStatus, listStatuses } from "./list.ts";

/** A report's key, at the end of the address that its status leads to. */
const KEY = "#raos-check-";
/** Most characters of a description. */
const LONGEST = 255;
/** Most heads whose report is remembered. */
const KEPT = 5000;

/**
 * RAOS's own check as a commit status: a sentence and a state, which a protected branch can require. Gitea has neither annotations
 * nor a merge queue. A head's status is read once in a process.
 */
export function createOwnStatuses(context: PullContext, address: string): OwnChecks {
  const shown = new Map<string, string | undefined>();
  const keyShown = async (head: Sha, check: string): Promise<string | undefined> => {
    const name = `${head} ${check}`;
    if (shown.has(name)) return shown.get(name);
    const [statuses, { id }] = await Promise.all([listStatuses(context, head), context.account()]);
    const own = statuses.find((status) => status.context === check && isOwnStatus(status, id));
    if (shown.size >= KEPT) shown.clear();
    shown.set(name, own?.target_url.split(KEY)[1]);
    return shown.get(name);
  };
  return {
    async subjects(base, check) {
      const { items } = await listOpen(context);
      const into = items.filter((pull) => pull.base.label === base);
      return Promise.all(
        into.map(
          async ({ number, head, base: { repo_id: repository } }): Promise<CheckSubject> => ({
            pull: number,
            head: head.sha,
            ref: `refs/pull/${number}/head`,
            branch: head.repo_id === repository ? head.label : undefined,
            isMerged: false,
            shown: await keyShown(head.sha, check),
          }),
        ),
      );
    },
    async show({ head, pull }, check, key, report) {
      const page = pull === undefined ? address : `${address}/pulls/${pull}`;
      const body = {
        state: report.conclusion === "failure" ? "failure" : "success",
        context: check,
        description: describeReport(report),
        target_url: `${page}${KEY}${key}`,
      };
      const path = `${context.path}/statuses/${encodeURIComponent(head)}`;
      const written = await context.client.write(
        `show ${check} on #${pull}`,
        { method: "POST", path, body },
        z.unknown(),
      );
      if (written.kind !== "done") throw written.error;
      shown.set(`${head} ${check}`, key);
    },
  };
}

/** Whether a status is one that RAOS reported with this account. */
export function isOwnStatus({ creator, target_url: url }: CommitStatus, account: number): boolean {
  return creator?.id === account && url.includes(KEY);
}

/** The report in one line: its title, and where the first of its notes is. */
function describeReport({ title, annotations: [first] }: CheckReport): string {
  const place = first === undefined ? "" : ` (${first.path}:${first.line}: ${first.message})`;
  return `${title}${place}`.replace(/\s{1,100}/g, " ").slice(0, LONGEST);
}
