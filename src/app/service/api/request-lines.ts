import type { ApiRepositories } from "../../../api/context.ts";
import type { RequestLine } from "../../../commands/request-line.ts";
import type { RepoKey } from "../../../domain/trigger.ts";
import type { Log } from "../../../pass/world.ts";

/**
 * For each repository, the line in which people's requests in words wait for the model, together with those of the API. One that fails
 * is logged, and the next pass begins it again.
 */
export function createRequestLines(draft: ApiRepositories["draft"], log: Log): (repo: RepoKey) => RequestLine {
  const busy = new Set<string>();
  return (repo) => ({
    isBusy: (key) => busy.has(`${repo}\0${key}`),
    begin(key, answer) {
      const name = `${repo}\0${key}`;
      if (busy.has(name)) return;
      busy.add(name);
      draft(repo, answer)
        .catch((error: unknown) => {
          const said = error instanceof Error ? error.message : String(error);
          log.warn({ repo, request: key, error: said }, "request not answered; the next pass tries it again");
        })
        .finally(() => busy.delete(name));
    },
  });
}
