import { afterEach, beforeEach } from "vitest";
import type { Proposal } from "../../../src/domain/proposal.ts";
import type { PullRequest } from "../../../src/domain/pull-request.ts";
import type { Path, Sha } from "../../../src/domain/values/scalars.ts";
import type { Base, Forge } from "../../../src/forge/forge.ts";
import { proposal } from "../../support/forge/proposal.ts";

export type Files = Readonly<Record<Path, string>>;

/** A forge over one repository, and what people do to that repository without the forge. */
export interface TestRepository {
  readonly forge: Forge;
  /** Another forge over the same repository, as another process would have one. */
  another(): Forge;
  /** A person's commit on a branch that is there; `undefined` deletes a file. */
  commit(branch: string, files: Readonly<Record<Path, string | undefined>>): Promise<Sha>;
  /** A person sets a branch to a commit, or deletes it. */
  setBranch(branch: string, to: Sha | undefined): Promise<void>;
  renameDefaultBranch(to: string): Promise<void>;
  closeAsPerson(number: number): Promise<void>;
  closeIssueAsPerson(number: number): Promise<void>;
  /** Somebody else opens an issue; undefined where only the bot can. */
  issueOfPerson?(title: string, body: string): Promise<number>;
  /** The head of a branch; undefined where there is none. */
  branchHead(branch: string): Promise<Sha | undefined>;
  /** Every file of a commit. */
  files(commit: Sha): Promise<Files>;
  parents(commit: Sha): Promise<readonly Sha[]>;
  /** What was said about a pull request, oldest first. */
  comments(number: number): Promise<readonly string[]>;
  end(): Promise<void>;
}

/** Gives a repository whose `main` holds the files, or an empty one. */
export type MakeRepository = (files: Files | undefined) => Promise<TestRepository>;

export const FLEET: Files = { "raos.yaml": "kind: Config\n", "deploy/old.yaml": "old: 1\n", "README.md": "A fleet\n" };

/** The head of the default branch. */
export async function baseNow(forge: Forge): Promise<Base> {
  const { name, sha } = await forge.defaultBranch();
  if (sha === undefined) throw new Error("the repository is empty");
  return { branch: name, sha };
}

/** What a test of the contract is given. */
export interface Given {
  readonly repository: TestRepository;
  readonly forge: Forge;
  readonly base: Base;
  /** Opens a pull request on `base`, with what differs from the usual proposal. */
  open(changed?: Partial<Proposal>): Promise<PullRequest>;
}

/** Gives each test of a suite a repository of its own; read what it holds within a test. */
export function givenRepository(make: MakeRepository): Given {
  let repository: TestRepository;
  let base: Base;
  beforeEach(async () => {
    repository = await make(FLEET);
    base = await baseNow(repository.forge);
  });
  afterEach(() => repository.end());
  return {
    get repository() {
      return repository;
    },
    get forge() {
      return repository.forge;
    },
    get base() {
      return base;
    },
    open: (changed = {}) => repository.forge.open(proposal(changed), base),
  };
}
