import type { FileChange, Marker, Proposal } from "../../src/domain/change.ts";
import { blobOid } from "../../src/domain/object-id.ts";
import type { Path, Sha } from "../../src/domain/scalars.ts";
import type { Base, Forge } from "../../src/forge/forge.ts";

export type Files = Readonly<Record<Path, string>>;

/** A forge over one repository, and what people do to that repository behind its back. */
export interface ForgeGround {
  readonly forge: Forge;
  /** Another forge over the same repository, as another process would have one. */
  another(): Forge;
  /** A person's commit on a branch that is there; `undefined` deletes a file. */
  commit(branch: string, files: Readonly<Record<Path, string | undefined>>): Promise<Sha>;
  /** A person puts a branch where they want it, or deletes it. */
  setBranch(branch: string, to: Sha | undefined): Promise<void>;
  renameDefaultBranch(to: string): Promise<void>;
  closeAsPerson(number: number): Promise<void>;
  closeIssueAsPerson(number: number): Promise<void>;
  /** Somebody else opens an issue; undefined where only the bot can. */
  issueOfPerson?(title: string, body: string): Promise<number>;
  /** Where a branch stands; undefined where there is none. */
  branchHead(branch: string): Promise<Sha | undefined>;
  /** Every file of a commit. */
  files(commit: Sha): Promise<Files>;
  parents(commit: Sha): Promise<readonly Sha[]>;
  /** What was said about a pull request, oldest first. */
  comments(number: number): Promise<readonly string[]>;
  end(): Promise<void>;
}

/** Gives a repository whose `main` holds the files, or an empty one. */
export type MakeGround = (files: Files | undefined) => Promise<ForgeGround>;

export const FLEET: Files = { "raos.yaml": "kind: Config\n", "deploy/old.yaml": "old: 1\n", "README.md": "A fleet\n" };

export const BRANCH = "raos/agent/acme/triage";

const MARKER: Marker = {
  version: 1,
  cause: { kind: "drift", scope: { kind: "agent", agent: "acme/triage" } },
  base: "0".repeat(40),
  content: "0".repeat(64),
  under: "0".repeat(64),
  text: "0".repeat(64),
  edits: [],
};

export function proposal(changed: Partial<Proposal>): Proposal {
  return {
    branch: BRANCH,
    title: "Deploy triage",
    body: "Why.",
    commitMessage: "Deploy triage\n",
    labels: [],
    reviewers: [],
    files: [change("deploy/triage.yaml", "replicas: 1\n")],
    marker: MARKER,
    autoMerge: false,
    ...changed,
  };
}

export function change(path: Path, text: string | undefined): FileChange {
  return { path, before: text === undefined ? { oid: blobOid("old: 1\n"), text: "old: 1\n" } : undefined, text };
}

export async function baseNow(forge: Forge): Promise<Base> {
  const { name, sha } = await forge.defaultBranch();
  if (sha === undefined) throw new Error("the repository is empty");
  return { branch: name, sha };
}
