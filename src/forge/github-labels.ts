import * as z from "zod";
import type { Proposal, StandingPull } from "../domain/change.ts";
import { ForgeError } from "./forge.ts";
import type { Setting } from "./github-open.ts";
import { faultOf, parts, write } from "./github-write.ts";

type Warn = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/**
 * Adds the labels that are missing and asks the reviewers: a second document, since both need the pull request's id. A
 * label or reviewer that GitHub does not know is left out with a warning; the pull request stands all the same.
 */
export async function decorate(
  setting: Setting,
  pull: StandingPull,
  wanted: Pick<Proposal, "labels" | "reviewers">,
  warn: Warn,
): Promise<StandingPull> {
  const labels = wanted.labels.filter((label) => !pull.labels.includes(label));
  if (labels.length === 0 && wanted.reviewers.length === 0) return pull;
  try {
    const ids = await nodeIds(setting, labels, wanted.reviewers);
    const found = (names: readonly string[], kind: string): string[] =>
      names.flatMap((name) => ids.get(`${kind} ${name}`) ?? []);
    const missing = [
      ...labels.map((name) => `label ${name}`),
      ...wanted.reviewers.map((name) => `reviewer ${name}`),
    ].filter((key) => (ids.get(key) ?? null) === null);
    if (missing.length > 0)
      warn({ pull: pull.number, missing: missing.slice(0, 20) }, "label or reviewer unknown to GitHub");
    const labelIds = found(labels, "label");
    const people = wanted.reviewers.filter((name) => !name.includes("/"));
    const teams = wanted.reviewers.filter((name) => name.includes("/"));
    const asked = { users: found(people, "reviewer"), teams: found(teams, "reviewer") };
    const isAsking = asked.users.length + asked.teams.length > 0;
    if (labelIds.length === 0 && !isAsking) return pull;
    const doing = `label #${pull.number}`;
    const written = await write(setting.client, doing, {
      labels: labelIds.length === 0 ? undefined : parts.labels(pull.id, labelIds),
      reviewers: isAsking ? parts.reviewers(pull.id, asked.users, asked.teams) : undefined,
    });
    if (written.kind === "lost") throw new ForgeError("unavailable", written.message);
    const fault = faultOf(written, "labels", doing) ?? faultOf(written, "reviewers", doing);
    if (fault !== undefined) warn({ pull: pull.number, error: fault.message }, "label or reviewer refused");
    const isLabelled = faultOf(written, "labels", doing) === undefined;
    return isLabelled
      ? { ...pull, labels: [...pull.labels, ...labels.filter((name) => ids.get(`label ${name}`))] }
      : pull;
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    warn({ pull: pull.number, error: error.message }, "labels and reviewers could not be set");
    return pull;
  }
}

const Found = z.object({
  repository: z.record(z.string(), z.object({ id: z.string() }).nullable()),
});
const Person = z.record(
  z.string(),
  z.union([z.object({ id: z.string() }), z.object({ team: z.object({ id: z.string() }).nullable() }), z.null()]),
);

async function nodeIds(
  setting: Setting,
  labels: readonly string[],
  reviewers: readonly string[],
): Promise<Setting["nodeIds"]> {
  const ids = setting.nodeIds;
  const newLabels = labels.filter((name) => !ids.has(`label ${name}`));
  const newReviewers = reviewers.filter((name) => !ids.has(`reviewer ${name}`));
  if (newLabels.length > 0) await findLabels(setting, newLabels, ids);
  if (newReviewers.length > 0) await findReviewers(setting, newReviewers, ids);
  return ids;
}

async function findLabels(setting: Setting, names: readonly string[], ids: Setting["nodeIds"]): Promise<void> {
  const parameters = names.map((_, index) => `$l${index}: String!`).join(", ");
  const fields = names.map((_, index) => `l${index}: label(name: $l${index}) { id }`).join(" ");
  const document = `query Labels($owner: String!, $name: String!, ${parameters}) { repository(owner: $owner, name: $name) { ${fields} } }`;
  const variables = Object.fromEntries(names.map((name, index) => [`l${index}`, name]));
  const { repository } = await setting.client.query(
    "look up labels",
    document,
    { owner: setting.owner, name: setting.name, ...variables },
    Found,
  );
  for (const [index, name] of names.entries()) {
    const id = repository[`l${index}`]?.id;
    ids.set(`label ${name}`, id ?? (await makeLabel(setting, name)));
  }
}

/** A label the repository does not have yet; once for each, ever. */
async function makeLabel(setting: Setting, name: string): Promise<string | null> {
  const doing = `create the label ${name}`;
  const written = await write(setting.client, doing, { label: parts.createLabel(setting.repositoryId, name) });
  if (written.kind === "lost") throw new ForgeError("unavailable", written.message);
  const parsed = z
    .object({ label: z.object({ label: z.object({ id: z.string() }) }).nullable() })
    .safeParse(written.data);
  return parsed.success ? (parsed.data.label?.label.id ?? null) : null;
}

/** `@name` is a person, `@organization/team` a team; both spelled with or without the `@`. */
async function findReviewers(setting: Setting, names: readonly string[], ids: Setting["nodeIds"]): Promise<void> {
  const variables: Record<string, string> = {};
  const fields = names.map((name, index) => {
    const [first = "", team] = name.replace(/^@/, "").split("/");
    variables[`r${index}`] = first;
    if (team === undefined) return `r${index}: user(login: $r${index}) { id }`;
    variables[`t${index}`] = team;
    return `r${index}: organization(login: $r${index}) { team(slug: $t${index}) { id } }`;
  });
  const parameters = Object.keys(variables)
    .map((name) => `$${name}: String!`)
    .join(", ");
  const answer = await setting.client.query(
    "look up reviewers",
    `query Reviewers(${parameters}) { ${fields.join(" ")} }`,
    variables,
    Person,
    () => {},
  );
  for (const [index, name] of names.entries()) {
    const found = answer[`r${index}`];
    ids.set(
      `reviewer ${name}`,
      found === null || found === undefined ? null : "id" in found ? found.id : (found.team?.id ?? null),
    );
  }
}
