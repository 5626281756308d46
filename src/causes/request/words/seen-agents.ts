import { tenantOf } from "../../../domain/agent-key.ts";
import type { Agent, AgentKey } from "../../../domain/fleet.ts";
import type { Path } from "../../../domain/values/scalars.ts";
import type { Pass } from "../../../pass/pass.ts";
import { readAgent } from "../../../spec/read/read-agent.ts";

/** Agents that are read for one request: the names in them are offered to the model. */
const MOST_READ = 40;

/** The agents that have most to do with some words, read; those of `tenant` first. Ones with Problems are left out. Throws GitError. */
export async function seenAgents(pass: Pass, words: string, tenant: string | undefined): Promise<readonly Agent[]> {
  const { survey, world, commit } = pass;
  const said = wordsOf(words);
  const rank = (key: AgentKey) => wordsShared(key, said) + (tenantOf(key) === tenant ? 1 : 0);
  const keys = world.store.agents
    .keys()
    .map((key) => ({ key, rank: rank(key) }))
    .toSorted((a, b) => b.rank - a.rank)
    .slice(0, MOST_READ)
    .map(({ key }) => key);
  const paths = keys.flatMap((key) =>
    world.store.rowsOf(key).flatMap((row) => [row.path, ...(row.facts?.prompts ?? [])]),
  );
  const snapshot = await commit.slice(paths);
  const prompt = (file: Path) => (snapshot.oid(file) === undefined ? undefined : snapshot.read(file));
  return keys.flatMap((key) => {
    const path = survey.pathOf(key);
    const oid = path === undefined ? undefined : snapshot.oid(path);
    if (path === undefined || oid === undefined) return [];
    return readAgent(path, oid, snapshot.read(path), survey.fleet, prompt).agent ?? [];
  });
}

/** How many of the words are in a name: whole ones, between hyphens and slashes. */
export function wordsShared(name: string, said: ReadonlySet<string>): number {
  return name.split(/[/_-]/).filter((part) => said.has(part)).length;
}

/** The words of a text, in lower case, those in the plural without their s, too. */
export function wordsOf(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]{3,40}/gu) ?? [];
  return new Set(words.flatMap((word) => (word.endsWith("s") ? [word, word.slice(0, -1)] : [word])));
}
