import type { Instant } from "../../../domain/values/scalars.ts";
import type { OwnersConfig } from "../../../forge/forge.ts";

/** How long one answer about an owner's configuration serves all its repositories, in milliseconds. */
const FRESH = 60_000;

type Read = () => Promise<OwnersConfig | undefined>;

/**
 * The configurations of owners, each asked for once a minute, however many repositories inherit from it: that there is none is an
 * answer, too, and one that GitHub counts.
 */
export interface OwnersConfigs {
  /** The configuration that the repositories of an owner inherit; asks by `read` where no answer is fresh. Throws what it throws. */
  share(repo: string, read: Read): ReturnType<Read>;
  /** Forgets what is known for a repository's owner, since it may have changed. */
  forget(repo: string): void;
}

export function createOwnersConfigs(now: () => Instant): OwnersConfigs {
  const known = new Map<string, { readonly at: Instant; readonly answer: ReturnType<Read> }>();
  const ownerOf = (repo: string) => repo.slice(0, repo.lastIndexOf("/")).toLowerCase();
  return {
    share(repo, read) {
      // The owner's own file inherits nothing, which says nothing about others.
      if (/\/\.github$/i.test(repo)) return read();
      const owner = ownerOf(repo);
      const last = known.get(owner);
      if (last !== undefined && now() - last.at < FRESH) return last.answer;
      const answer = read();
      known.set(owner, { at: now(), answer });
      answer.catch(() => {
        if (known.get(owner)?.answer === answer) known.delete(owner);
      });
      return answer;
    },
    forget: (repo) => void known.delete(ownerOf(repo)),
  };
}
