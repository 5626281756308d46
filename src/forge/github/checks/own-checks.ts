import * as z from "zod";
import type { Annotation, CheckReport, CheckSubject } from "../../../domain/review/check-report.ts";
import type { Sha } from "../../../domain/values/scalars.ts";
import type { OwnChecks } from "../../forge.ts";
import type { GitHubClient } from "../client/client.ts";
import type { RepositoryName } from "../context.ts";
import { PageInfo, readCursorPages } from "../cursor-pages.ts";

/** Pull requests of one page; each has a commit with its check run below it. */
const PAGE_SIZE = 50;
/** Groups of a merge queue that are read; GitHub builds at most 100 at a time. */
const GROUPS = 100;
/** The button; GitHub shows at most 20 characters of its label, and 40 of its description. */
const GENERATE = {
  label: "Generate files",
  description: "Commits the generated files here",
  identifier: "generate",
} as const;
/** GitHub takes this many annotations in one request; more are added by updates. */
const ANNOTATIONS = 50;
/** Annotations that are shown at most; the rest is counted in the summary. */
const MOST_ANNOTATIONS = 500;

const RUN = `oid checkSuites(first: 1, filterBy: {appId: $app}) {
  nodes { checkRuns(first: 1, filterBy: {checkName: $check}) { nodes { externalId } } }
}`;

const PULLS = `query Subjects($owner: String!, $name: String!, $base: String!, $app: Int!, $check: String!, $size: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(states: [OPEN], baseRefName: $base, first: $size, after: $after, orderBy: {field: CREATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes { number isCrossRepository headRefName commits(last: 1) { nodes { commit { ${RUN} } } } }
    }
  }
}`;

const QUEUE = `query Queue($owner: String!, $name: String!, $prefix: String!, $app: Int!, $check: String!, $size: Int!) {
  repository(owner: $owner, name: $name) {
    refs(refPrefix: $prefix, first: $size) { nodes { name target { oid ... on Commit { ${RUN} } } } }
  }
}`;

const Commit = z.object({
  oid: z.string(),
  checkSuites: z
    .object({
      nodes: z
        .array(
          z
            .object({
              checkRuns: z
                .object({ nodes: z.array(z.object({ externalId: z.string().nullable() }).nullable()).nullable() })
                .nullable(),
            })
            .nullable(),
        )
        .nullable(),
    })
    .nullish(),
});
type Commit = z.infer<typeof Commit>;

const Pull = z.object({
  number: z.int().positive(),
  isCrossRepository: z.boolean(),
  headRefName: z.string(),
  commits: z.object({ nodes: z.array(z.object({ commit: Commit }).nullable()).nullable() }),
});
const PullPage = z.object({
  repository: z.object({
    pullRequests: z.object({ pageInfo: PageInfo, nodes: z.array(Pull.nullable()).nullable() }),
  }),
});
const QueuePage = z.object({
  repository: z.object({
    refs: z
      .object({ nodes: z.array(z.object({ name: z.string(), target: Commit.nullable() }).nullable()).nullable() })
      .nullable(),
  }),
});

/**
 * The check run of a GitHub App on what others want to merge. Only an App may write check runs
 * (docs.github.com/rest/checks/runs). A new report is a new run of the same name, since annotations of a run can only be added
 * to; GitHub shows the newest. What was just written is remembered, as lists may be older than a write.
 */
export function createOwnChecks(client: GitHubClient, repository: RepositoryName, app: number): OwnChecks {
  const written = new Map<string, string>();
  const shownOn = (commit: Commit, check: string): string | undefined =>
    written.get(`${commit.oid}\n${check}`) ?? keyOf(commit);
  return {
    async subjects(base, check) {
      const asked = { ...repository, base, app, check };
      const [pulls, groups] = await Promise.all([listPulls(client, asked), listGroups(client, asked)]);
      const subjects = [...pulls, ...groups].map(({ commit, ...subject }) => ({
        ...subject,
        head: commit.oid,
        shown: shownOn(commit, check),
      }));
      const heads = new Set(subjects.map(({ head }) => head));
      for (const key of written.keys()) if (!heads.has(key.split("\n")[0] ?? "")) written.delete(key);
      return subjects;
    },
    async show(subject, check, key, report) {
      await writeRun(client, repository, { head: subject.head, check, key, report });
      written.set(`${subject.head}\n${check}`, key);
    },
  };
}

interface Asked extends RepositoryName {
  readonly base: string;
  readonly app: number;
  readonly check: string;
}

type Found = Omit<CheckSubject, "head" | "shown"> & { readonly commit: Commit };

async function listPulls(client: GitHubClient, { base, ...asked }: Asked): Promise<readonly Found[]> {
  const found: Found[] = [];
  const skipFaults = () => {};
  await readCursorPages<z.infer<typeof Pull>>({
    most: 100,
    async read(after) {
      const variables = { ...asked, base, size: PAGE_SIZE, after };
      const page = await client.query("read the checks of open pull requests", PULLS, variables, PullPage, skipFaults);
      return page.repository.pullRequests;
    },
    take(nodes) {
      for (const node of nodes) {
        const commit = node?.commits.nodes?.[0]?.commit;
        if (node === null || commit === undefined) continue;
        const branch = node.isCrossRepository ? undefined : node.headRefName;
        found.push({ pull: node.number, commit, ref: `refs/pull/${node.number}/head`, branch, isMerged: false });
      }
      return true;
    },
  });
  return found;
}

/** GitHub keeps each group of a merge queue as a branch `gh-readonly-queue/<base>/pr-<n>-<sha>`. */
async function listGroups(client: GitHubClient, { base, ...asked }: Asked): Promise<readonly Found[]> {
  const prefix = `refs/heads/gh-readonly-queue/${base}/`;
  const variables = { ...asked, prefix, size: GROUPS };
  const page = await client.query("read the checks of the merge queue", QUEUE, variables, QueuePage, () => {});
  return (page.repository.refs?.nodes ?? []).flatMap((node) => {
    if (node === null || node.target === null) return [];
    return [{ pull: undefined, commit: node.target, ref: `${prefix}${node.name}`, branch: undefined, isMerged: true }];
  });
}

function keyOf({ checkSuites }: Commit): string | undefined {
  return checkSuites?.nodes?.[0]?.checkRuns?.nodes?.[0]?.externalId ?? undefined;
}

interface Run {
  readonly head: Sha;
  readonly check: string;
  readonly key: string;
  readonly report: CheckReport;
}

async function writeRun(client: GitHubClient, { owner, name: repo }: RepositoryName, run: Run): Promise<void> {
  const { head, check, key, report } = run;
  const annotations = report.annotations.slice(0, MOST_ANNOTATIONS).map(annotationOf);
  const output = {
    title: report.title,
    summary: report.summary,
    ...(report.text === undefined ? {} : { text: report.text }),
  };
  const { id } = await client.send("write a check", async (octokit) => {
    const { data } = await octokit.rest.checks.create({
      ...{ owner, repo, name: check, head_sha: head, external_id: key },
      ...{ status: "completed", conclusion: report.conclusion },
      ...(report.offersGenerate ? { actions: [GENERATE] } : {}),
      output: { ...output, annotations: annotations.slice(0, ANNOTATIONS) },
    });
    return data;
  });
  for (let from = ANNOTATIONS; from < annotations.length; from += ANNOTATIONS) {
    const more = annotations.slice(from, from + ANNOTATIONS);
    await client.send("write a check", (octokit) =>
      octokit.rest.checks.update({ owner, repo, check_run_id: id, output: { ...output, annotations: more } }),
    );
  }
}

function annotationOf({ path, line, column, level, message }: Annotation) {
  return {
    ...{ path, start_line: line, end_line: line, start_column: column, end_column: column },
    annotation_level: level,
    message,
  } as const;
}
