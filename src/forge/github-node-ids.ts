import * as z from "zod";
import type { Setting } from "./github-open.ts";
import { parts, write } from "./github-write.ts";

export type Warn = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** Something GitHub knows, by what it was asked for. */
export interface Known {
  readonly name: string;
  readonly id: string;
}

export interface Named {
  readonly labels: readonly Known[];
  readonly people: readonly Known[];
  readonly teams: readonly Known[];
}

/** Node ids, asked for once however many writers need them at the same time; null: GitHub knows no such thing, or hides it. */
export type NodeIds = Map<string, Promise<string | null>>;

/**
 * The node ids of labels (made where the repository lacks them), people (`@name`) and teams (`@organization/team`). What
 * GitHub does not know is left out, with one warning for each name. Throws ForgeError where it cannot be asked.
 */
export async function lookUp(
  setting: Setting,
  wanted: { readonly labels: readonly string[]; readonly reviewers: readonly string[] },
  warn: Warn,
): Promise<Named> {
  const find = async (kind: string, names: readonly string[], ask: Ask): Promise<readonly Known[]> => {
    const missing = names.filter((name) => !setting.nodeIds.has(`${kind} ${name}`));
    if (missing.length > 0) askOnce(setting, kind, missing, ask, warn);
    const ids = await Promise.all(names.map((name) => setting.nodeIds.get(`${kind} ${name}`)));
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

type Ask = (setting: Setting, names: readonly string[]) => Promise<ReadonlyMap<string, string | null>>;

function askOnce(setting: Setting, kind: string, names: readonly string[], ask: Ask, warn: Warn): void {
  const answer = ask(setting, names).then((found) => {
    const unknown = names.filter((name) => (found.get(name) ?? null) === null);
    if (unknown.length > 0) warn({ kind, unknown: unknown.slice(0, 20) }, "label or reviewer unknown to GitHub");
    return found;
  });
  for (const name of names) {
    const key = `${kind} ${name}`;
    const id = answer.then((found) => found.get(name) ?? null);
    setting.nodeIds.set(key, id);
    // A question without an answer is asked again next time; who waits for it now is told.
    id.catch(() => setting.nodeIds.delete(key));
  }
}

const Labels = z.object({ repository: z.record(z.string(), z.object({ id: z.string() }).nullable()) });

async function findLabels(setting: Setting, names: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
  const { owner, name, client } = setting;
  const parameters = names.map((_, index) => `$l${index}: String!`).join(", ");
  const fields = names.map((_, index) => `l${index}: label(name: $l${index}) { id }`).join(" ");
  const document = `query Labels($owner: String!, $name: String!, ${parameters}) {
    repository(owner: $owner, name: $name) { ${fields} }
  }`;
  const variables = Object.fromEntries(names.map((label, index) => [`l${index}`, label]));
  const { repository } = await client.query("look up labels", document, { owner, name, ...variables }, Labels);
  const found = new Map<string, string | null>();
  for (const [index, label] of names.entries()) {
    found.set(label, repository[`l${index}`]?.id ?? (await makeLabel(setting, label)));
  }
  return found;
}

const Made = z.object({ label: z.object({ label: z.object({ id: z.string() }) }).nullable() });

/** A label the repository does not have yet; once for each, ever. Null where GitHub refuses or does not answer. */
async function makeLabel({ client, repositoryId }: Setting, name: string): Promise<string | null> {
  const written = await write(client, `create the label ${name}`, { label: parts.createLabel(repositoryId, name) });
  const parsed = Made.safeParse(written.kind === "answered" ? written.data : undefined);
  return parsed.success ? (parsed.data.label?.label.id ?? null) : null;
}

const Team = z.object({ team: z.object({ id: z.string() }).nullable() });
const People = z.record(z.string(), z.union([z.object({ id: z.string() }), Team, z.null()]));

async function findReviewers(
  { client }: Setting,
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
  // A name that nobody has is a fault beside the answers for the others.
  const answer = await client.query("look up reviewers", document, variables, People, () => {});
  return new Map(
    names.map((name, index) => {
      const found = answer[`r${index}`];
      if (found === null || found === undefined) return [name, null] as const;
      return [name, "id" in found ? found.id : (found.team?.id ?? null)] as const;
    }),
  );
}
