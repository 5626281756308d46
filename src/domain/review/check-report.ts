import type { Path, Sha } from "../values/scalars.ts";

/** What RAOS says about a commit that somebody wants to merge: GitHub calls it a check run. */
export interface CheckReport {
  /** "neutral" and "success" let a required check pass; "failure" does not. */
  readonly conclusion: "success" | "neutral" | "failure";
  /** The result in a sentence. */
  readonly title: string;
  /** Markdown, at most 65,535 characters each. */
  readonly summary: string;
  readonly text: string | undefined;
  readonly annotations: readonly Annotation[];
  /** Whether the check has a button with which a person has the generated files committed to the branch. */
  readonly offersGenerate: boolean;
}

/** A note beside a line of a file; lines and columns count from 1. */
export interface Annotation {
  readonly path: Path;
  readonly line: number;
  readonly column: number;
  readonly level: "failure" | "warning" | "notice";
  readonly message: string;
}

/** A commit that somebody wants to merge into the default branch, and what RAOS last said about it. */
export interface CheckSubject {
  /** The pull request; undefined for a group of the merge queue. */
  readonly pull: number | undefined;
  readonly head: Sha;
  /** Where the head is found in the repository: `refs/pull/<n>/head`, or a branch of the merge queue. */
  readonly ref: string;
  /** The branch it is on; undefined where that is in a fork. */
  readonly branch: string | undefined;
  /** Whether the head already holds the default branch, as groups of the merge queue do. */
  readonly isMerged: boolean;
  /** The key of the report that is shown on the head; undefined where there is none of RAOS. */
  readonly shown: string | undefined;
}
