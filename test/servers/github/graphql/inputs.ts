/** Inputs as the schema has coerced them. */
export interface Inputs {
  readonly createRef: { readonly repositoryId: string; readonly name: string; readonly oid: string };
  readonly updateRef: { readonly refId: string; readonly oid: string; readonly force: boolean };
  readonly updateRefs: {
    readonly repositoryId: string;
    readonly refUpdates: readonly {
      readonly name: string;
      readonly afterOid: string;
      readonly beforeOid?: string | null;
      readonly force: boolean;
    }[];
  };
  readonly deleteRef: { readonly refId: string };
  readonly createCommitOnBranch: {
    readonly branch: {
      readonly id?: string | null;
      readonly repositoryNameWithOwner?: string | null;
      readonly branchName?: string | null;
    };
    readonly expectedHeadOid: string;
    readonly message: { readonly headline: string; readonly body?: string | null };
    readonly fileChanges?: {
      readonly additions: readonly { readonly path: string; readonly contents: string }[];
      readonly deletions: readonly { readonly path: string }[];
    } | null;
  };
  readonly createPullRequest: {
    readonly repositoryId: string;
    readonly headRepositoryId?: string | null;
    readonly baseRefName: string;
    readonly headRefName: string;
    readonly title: string;
    readonly body?: string | null;
    readonly draft: boolean;
  };
  readonly updatePullRequest: {
    readonly pullRequestId: string;
    readonly title?: string | null;
    readonly body?: string | null;
    readonly baseRefName?: string | null;
    readonly state?: "OPEN" | "CLOSED" | null;
  };
  readonly closePullRequest: { readonly pullRequestId: string };
  readonly reopenPullRequest: { readonly pullRequestId: string };
  readonly mergePullRequest: {
    readonly pullRequestId: string;
    readonly expectedHeadOid?: string | null;
    readonly commitHeadline?: string | null;
    readonly commitBody?: string | null;
    readonly mergeMethod: "MERGE" | "SQUASH" | "REBASE";
  };
  readonly enqueuePullRequest: { readonly pullRequestId: string; readonly expectedHeadOid?: string | null };
  readonly createIssue: { readonly repositoryId: string; readonly title: string; readonly body?: string | null };
  readonly updateIssue: { readonly id: string; readonly title?: string | null; readonly body?: string | null };
  readonly closeIssue: { readonly issueId: string };
  readonly addComment: { readonly subjectId: string; readonly body: string };
  readonly createLabel: { readonly repositoryId: string; readonly name: string };
  readonly addLabelsToLabelable: { readonly labelableId: string; readonly labelIds: readonly string[] };
  readonly requestReviews: {
    readonly pullRequestId: string;
    readonly userIds?: readonly string[] | null;
    readonly teamIds?: readonly string[] | null;
    readonly union: boolean;
  };
}
