import * as z from "zod";
import { repositoryName } from "../domain/rollout/event-repository.ts";
import { withoutTrailing } from "../domain/values/trim.ts";

/** The argument by which a tool is told the repository. */
export const RepoArgument = z
  .string()
  .max(512)
  .optional()
  .describe("The repository, as list_agents names it; may be left out where only one is served");

/** The served repository that an argument means; undefined where it is none of them, or there are several and none is named. */
export function chooseRepository(served: readonly string[], asked: string | undefined): string | undefined {
  if (asked === undefined) return served.length === 1 ? served[0] : undefined;
  return served.find((one) => one === asked) ?? served.find((one) => shownRepository(one) === asked);
}

/** How a repository is named to callers: `owner/name`, or the last part of a path on this machine, which is nobody's business. */
export function shownRepository(repository: string): string {
  if (/^https?:/i.test(repository)) return repositoryName(repository) ?? repository;
  if (/^[^/\s]+\/[^/\s]+$/.test(repository) && !repository.startsWith(".")) return repository;
  const parts = withoutTrailing(repository, "/").split("/");
  return (parts.at(-1) ?? repository).replace(/\.git$/, "");
}
