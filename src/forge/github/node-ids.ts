import * as z from "zod";
import type { Warn } from "../../domain/warn.ts";
import type { GitHubContext } from "./context.ts";
import { parts, write } from "./write.ts";

/** The node id of a label, person or team. */
export interface NodeId {
  readonly name: string;
  readonly id: string;
}

export interface Named {
  readonly labels: readonly NodeId[];
  readonly people: readonly NodeId[];
  readonly teams: readonly NodeId[];
}

/**
 * Finds the node ids of labels (created where the repository lacks them), people (`@name`) and teams (`@organization/team`). What
 * GitHub does not know is left out, with one warning for each name. Throws ForgeError where it cannot be asked.
 */
export async function findNodeIds(
  context: GitHubContext,
  wanted: { readonly labels: readonly string[]; readonly reviewers: readonly string[] },
  warn: Warn,
): Promise<Named> {
  const find = async (kind: string, names: readonly string[], ask: Ask): Promise<readonly NodeId[]> => {
    const missing = names.filter((name) => !context.nodeIds.has(`${kind} ${name}`));
    if (missing.length > 0) askOnce(context, kind, missing, ask, warn);
    const ids = await Promise.all(names.map((name) => context.nodeIds.get(`${kind} ${name}`)));
    return names.flatMap((name, index) => {
      const id = ids[index] ?? null;
      return id === null ? [] : [{ name, id }];
    });
  };
  const isTeam = (name: string): boolean => name.includes("/");
  const [labels, people, teams] = await Promise.all([
    find("label", wanted.labels, findLabels),
    find(
      "reviewer",
      wanted.reviewers.filter((name) => !isTeam(name)),
      findReviewers,
    ),
    find("reviewer", wanted.reviewers.filter(isTeam), findReviewers),
  ]);
  return { labels, people, teams };
}

type Ask = (context: GitHubContext, names: readonly string[]) => Promise<ReadonlyMap<string, string | null>>;

function askOnce(context: GitHubContext, kind: string, names: readonly string[], ask: Ask, warn: Warn): void {
  const answer = ask(context, names).then((found) => {
    const unknown = names.filter((name) => (found.get(name) ?? null) === null);
    if (unknown.length > 0) warn({ kind, unknown: unknown.slice(0, 20) }, "label or reviewer unknown to GitHub");
    return found;
  });
  for (const name of names) {
    const key = `${kind} ${name}`;
    const id = answer.then((found) => found.get(name) ?? null);
    context.nodeIds.set(key, id);
    // A failed look-up is repeated the next time; those who wait for it now get the error.
    id.catch(() => context.nodeIds.delete(key));
  }
}

const Labels = z.object({ repository: z.record(z.string(), z.object({ id: z.string() }).nullable()) });

async function findLabels(
  context: GitHubContext,
  names: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const { owner, name, client } = context;
  const parameters = names.map((_, index) => `$l${index}: String!`).join(", ");
  const fields = names.map((_, index) => `l${index}: label(name: $l${index}) { id }`).join(" ");
  const document = `query Labels($owner: String!, $name: String!, ${parameters}) {
    repository(owner: $owner, name: $name) { ${fields} }
  }`;
  const variables = Object.fromEntries(names.map((label, index) => [`l${index}`, label]));
  const { repository } = await client.query("look up labels", document, { owner, name, ...variables }, Labels);
  const found = new Map<string, string | null>();
  for (const [index, label] of names.entries()) {
    found.set(label, repository[`l${index}`]?.id ?? (await createLabel(context, label)));
  }
  return found;
}

const Made = z.object({ label: z.object({ label: z.object({ id: z.string() }) }).nullable() });

/** Creates a label that the repository does not have. Null where GitHub refuses or does not answer. */
async function createLabel({ client, repositoryId }: GitHubContext, name: string): Promise<string | null> {
  const written = await write(client, `create the label ${name}`, { label: parts.createLabel(repositoryId, name) });
  const parsed = Made.safeParse(written.kind === "answered" ? written.data : undefined);
  return parsed.success ? (parsed.data.label?.label.id ?? null) : null;
}

const Team = z.object({ team: z.object({ id: z.string() }).nullable() });
const People = z.record(z.string(), z.union([z.object({ id: z.string() }), Team, z.null()]));

async function findReviewers(
  { client }: GitHubContext,
  names: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const variables: Record<string, string> = {};
  const fields = names.map((name, index) => {
    const [first = "", team] = name.replace(/^@/, "").split("/");
    variables[`r${index}`] = first;
    if (team === undefined) return `r${index}: user(login: $r${index}) { id }`;
    variables[`t${index}`] = team;
    return `r${index}: organization(login: $r${index}) { team(slug: $t${index}) { id } }`;
  });
  const parameters = Object.keys(variables).map((name) => `$${name}: String!`);
  const document = `query Reviewers(${parameters.join(", ")}) { ${fields.join(" ")} }`;
  // An unknown name is a fault beside the answers for the others.
  const answer = await client.query("look up reviewers", document, variables, People, () => {});
  return new Map(
    names.map((name, index) => {
      const found = answer[`r${index}`];
      if (found === null || found === undefined) return [name, null] as const;
      return [name, "id" in found ? found.id : (found.team?.id ?? null)] as const;
    }),
  );
}
