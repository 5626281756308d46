import { findRepositoryById, type Issue, type Pull, type Repository, type World } from "./model.ts";
import { Refusal } from "./refusal.ts";

/** Global node ids: opaque to clients, a prefix and what to look up to this server. */
type Prefix =
  | "DE"
  | "DES"
  | "R"
  | "I"
  | "PR"
  | "REF"
  | "LA"
  | "U"
  | "BOT"
  | "O"
  | "T"
  | "IC"
  | "CE"
  | "PURC"
  | "C"
  | "CR"
  | "CS"
  | "SCR"
  | "UCE";

export function nodeId(prefix: Prefix, ...parts: readonly (string | number)[]): string {
  return `${prefix}_${Buffer.from(parts.join(" ")).toString("base64url")}`;
}

/** What an id names, if its prefix fits; else GitHub's refusal. */
export function partsOf(id: string, ...prefixes: readonly Prefix[]): readonly string[] {
  const split = id.indexOf("_");
  const prefix = prefixes.find((each) => each === id.slice(0, split));
  if (prefix === undefined) throw unresolved(id);
  return Buffer.from(id.slice(split + 1), "base64url")
    .toString()
    .split(" ");
}

export function unresolved(id: string): Refusal {
  return new Refusal("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'.`);
}

export function repositoryOf(world: World, id: string): Repository {
  const [number = ""] = partsOf(id, "R");
  const found = findRepositoryById(world, Number(number));
  if (found === undefined) throw unresolved(id);
  return found;
}

export function pullOf(world: World, id: string): Pull {
  const [repository = "", number = ""] = partsOf(id, "PR");
  const found = findRepositoryById(world, Number(repository))?.pulls.get(Number(number));
  if (found === undefined) throw unresolved(id);
  return found;
}

export function issueOf(world: World, id: string): Issue {
  const [repository = "", number = ""] = partsOf(id, "I");
  const found = findRepositoryById(world, Number(repository))?.issues.get(Number(number));
  if (found === undefined) throw unresolved(id);
  return found;
}

/** The repository and qualified name of a ref. */
export function refOf(world: World, id: string): { readonly repository: Repository; readonly ref: string } {
  const [repository = "", ref = ""] = partsOf(id, "REF");
  const found = findRepositoryById(world, Number(repository));
  if (found === undefined || ref === "") throw unresolved(id);
  return { repository: found, ref };
}

export const pullId = (pull: Pull): string => nodeId("PR", pull.repository.id, pull.number);
export const issueId = (issue: Issue): string => nodeId("I", issue.repository.id, issue.number);
export const repositoryId = (repository: Repository): string => nodeId("R", repository.id);
export const refId = (repository: Repository, ref: string): string => nodeId("REF", repository.id, ref);
