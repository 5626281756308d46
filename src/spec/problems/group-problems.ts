import { byPlace, type Problem } from "../../domain/problem.ts";
import type { Path } from "../../domain/values/scalars.ts";

/** Most agents that a Problem names. */
const MOST_NAMED = 3;
const CONFIG = /^raos\.[a-z]+$/i;

/**
 * The Problems as a person reads them: the causes first. A Problem that only follows from another file's is left out, and that
 * file's first one says how many wait for it; a mistake of a shared file is reported once, with the agents in which it shows.
 */
export function groupProblems(problems: readonly Problem[]): readonly Problem[] {
  const causes = new Set(problems.filter((one) => one.follows === undefined).map((one) => one.file));
  const isLeftOut = ({ follows }: Problem) => follows !== undefined && causes.has(follows);
  const waiting = Map.groupBy(problems.filter(isLeftOut), ({ follows }) => follows ?? "");
  const shown = problems.filter((one) => !isLeftOut(one));
  const grouped = [...Map.groupBy(shown, groupOf).values()].flatMap(asOne).sort(byPlace);
  const told = new Set<Path>();
  const sized = grouped.map((problem) => {
    const files = new Set((told.has(problem.file) ? [] : (waiting.get(problem.file) ?? [])).map(({ file }) => file));
    told.add(problem.file);
    if (files.size === 0) return problem;
    return { ...problem, message: `${problem.message} (${listed([...files])} cannot be read until then)` };
  });
  return sized.sort((a, b) => rankOf(a, waiting) - rankOf(b, waiting) || byPlace(a, b));
}

/** raos.yaml first, since all else is read with it; then the files from which others follow. */
function rankOf({ file }: Problem, waiting: ReadonlyMap<Path, unknown>): number {
  if (CONFIG.test(file)) return 0;
  return waiting.has(file) ? 1 : 2;
}

/** Where a shared file's mistake shows in the agents themselves, it is alike in what it says and where. */
function groupOf({ file, line, column, pointer, message, agent }: Problem): string {
  const isOfAgent = agent !== undefined && file.startsWith("agents/");
  return JSON.stringify([isOfAgent ? "" : file, ...(isOfAgent ? [] : [line, column]), pointer, message]);
}

function asOne(alike: readonly Problem[]): readonly Problem[] {
  const [first] = alike.toSorted(byPlace);
  if (first === undefined) return [];
  const { agent, follows: _, meant: __, ...problem } = first;
  const agents = [...new Set(alike.flatMap((one) => one.agent ?? []))].sort();
  const isPlain = agent === undefined || (agents.length === 1 && problem.file.startsWith("agents/"));
  if (isPlain) return [problem];
  const shown = agents.length === 1 ? `in ${agents[0]}` : `in ${agents.length} agents: ${listed(agents)}`;
  return [{ ...problem, message: `${problem.message} (${shown})` }];
}

function listed(names: readonly string[]): string {
  const rest = names.length - MOST_NAMED;
  return rest > 0 ? `${names.slice(0, MOST_NAMED).join(", ")} and ${rest} more` : names.join(", ");
}
