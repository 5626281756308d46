import type { GitStore } from "./git-store.ts";
import { type Signer, sign } from "./signatures.ts";

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface Commit {
  readonly oid: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person & { readonly date: string };
  readonly committer: Person & { readonly date: string };
  readonly message: string;
  /** The armored signature in its header, whoever made it; undefined: unsigned. */
  readonly signature: string | undefined;
  /** What a signature is over: the commit without it. */
  readonly payload: string;
}

/** The commit a revision names; undefined where it names none. */
export async function readCommit(git: GitStore, revision: string): Promise<Commit | undefined> {
  const object = await git.object(`${revision}^{commit}`);
  if (object === undefined) return undefined;
  const text = object.bytes.toString();
  const blank = text.indexOf("\n\n");
  const header = text.slice(0, blank + 1);
  const headers = header.split("\n");
  const signed = /^gpgsig (.*\n(?: .*\n)*)/m.exec(header);
  const all = (name: string): string[] =>
    headers.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  return {
    oid: object.oid,
    tree: all("tree")[0] ?? "",
    parents: all("parent"),
    author: actor(all("author")[0] ?? ""),
    committer: actor(all("committer")[0] ?? ""),
    message: text.slice(blank + 2).replace(/\n$/, ""),
    signature: signed?.[1]?.replaceAll("\n ", "\n").trimEnd(),
    payload: signed === null ? text : header.replace(signed[0], "") + text.slice(blank + 1),
  };
}

function actor(line: string): Person & { readonly date: string } {
  const open = line.lastIndexOf("<");
  const close = line.lastIndexOf(">");
  const [seconds = "0"] = line.slice(close + 2).split(" ");
  return {
    name: line.slice(0, Math.max(0, open - 1)),
    email: line.slice(open + 1, close),
    date: new Date(Number(seconds) * 1000).toISOString(),
  };
}

export interface NewCommit {
  readonly parents: readonly string[];
  readonly tree: string;
  readonly message: string;
  readonly author: Person;
  readonly committer: Person;
  /** Who signs it, or a signature to use as it is, such as one of another commit; left out: nobody. */
  readonly signature?: Signer | { readonly copied: string };
}

/** Writes a commit object of now; no ref moves. */
export async function writeCommit(git: GitStore, commit: NewCommit): Promise<string> {
  const now = `${Math.floor(Date.now() / 1000)} +0000`;
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${commit.author.name} <${commit.author.email}> ${now}`,
    `committer ${commit.committer.name} <${commit.committer.email}> ${now}`,
  ];
  const text = `\n\n${commit.message}\n`;
  const { signature } = commit;
  if (signature === undefined) return git.write("commit", Buffer.from(lines.join("\n") + text));
  const armored =
    typeof signature === "object" && "copied" in signature
      ? signature.copied
      : sign(signature, lines.join("\n") + text);
  lines.push(`gpgsig ${armored.replaceAll("\n", "\n ")}`);
  return git.write("commit", Buffer.from(lines.join("\n") + text));
}

/** Commits of `base..head`, oldest first, as a pull request lists them. */
export async function commitsBetween(git: GitStore, base: string, head: string): Promise<readonly Commit[]> {
  const oids = (await git.git("rev-list", "--reverse", "--max-count=250", `${base}..${head}`))
    .split("\n")
    .filter((oid) => oid !== "");
  const commits = await Promise.all(oids.map((oid) => readCommit(git, oid)));
  return commits.filter((commit) => commit !== undefined);
}

/** How many commits `base..head` holds. */
export async function countBetween(git: GitStore, base: string, head: string): Promise<number> {
  if (base === head) return 0;
  // The common case, one commit on top of the base, needs no walk through the history.
  const commit = await readCommit(git, head);
  if (commit?.parents.length === 1 && commit.parents[0] === base) return 1;
  return Number(await git.git("rev-list", "--count", `${base}..${head}`));
}

/** Whether `ancestor` can be reached from `commit`. */
export async function isAncestor(git: GitStore, ancestor: string, commit: string): Promise<boolean> {
  if (ancestor === commit) return true;
  const found = await readCommit(git, commit);
  if (found?.parents.includes(ancestor)) return true;
  return git.git("merge-base", "--is-ancestor", ancestor, commit).then(
    () => true,
    () => false,
  );
}
