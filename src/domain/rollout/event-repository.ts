import * as z from "zod";

/** Where an event may name its repository: with `eventMetadata` of a Flux Alert, or with the template of Argo CD. */
const Event = z.object({ metadata: z.object({ repository: z.string().max(1000) }) });

/**
 * The `owner/name` that an event of a roll-out names in `metadata.repository`; undefined where it names none. It says which repository
 * to look at, and nothing else of an event is read.
 */
export function repositoryOfEvent(event: unknown): string | undefined {
  const parsed = Event.safeParse(event);
  return parsed.success ? repositoryName(parsed.data.metadata.repository) : undefined;
}

/**
 * `owner/name` of a repository, in lower case: the last two parts of `acme/agents`, `https://github.com/acme/agents.git`,
 * `git@github.com:acme/agents` or a folder; undefined where there are fewer.
 */
export function repositoryName(address: string): string | undefined {
  const parts = address
    .toLowerCase()
    .split(/[/:]/)
    .filter((part) => part !== "");
  const [owner, name = ""] = parts.slice(-2);
  return parts.length < 2 || name === ".git" ? undefined : `${owner}/${name.replace(/\.git$/, "")}`;
}
