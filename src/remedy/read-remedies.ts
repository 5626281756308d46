import { type PolicyDocument, problem } from "../domain/kinds/policy-document.ts";
import { Remedy } from "../domain/kinds/remedy.ts";
import { byPlace, type Problem } from "../domain/problem.ts";
import { finished, type Work } from "../domain/work.ts";
import { schemaProblems } from "../spec/problems/problems.ts";
import { compileRemedy } from "./compile-remedy.ts";
import type { CompiledRemedy } from "./compiled-remedy.ts";

export interface RemedyReading {
  readonly remedies: readonly CompiledRemedy[];
  readonly problems: readonly Problem[];
}

/** How many remedies one repository may hold. */
const MOST_REMEDIES = 500;

/**
 * The remedies among these documents; documents of other kinds are skipped. A remedy with a Problem is left out: the alerts
 * that it would answer go to the next one, or to a person. Where two have the same name, the later one is a Problem.
 */
export function readRemedies(documents: readonly PolicyDocument[]): RemedyReading {
  return finished(readingRemedies(documents));
}

/** As `readRemedies`, one at a time. */
export function* readingRemedies(documents: readonly PolicyDocument[]): Work<RemedyReading> {
  const remedies = new Map<string, CompiledRemedy>();
  const problems: Problem[] = [];
  for (const document of documents.filter((each) => kindOf(each.value) === "Remedy")) {
    yield;
    const parsed = Remedy.safeParse(document.value);
    if (!parsed.success) {
      problems.push(...schemaProblems(document, Remedy, parsed.error.issues));
      continue;
    }
    const found: Problem[] = [];
    const remedy = compileRemedy(parsed.data, document, found);
    const other = remedies.get(remedy.name);
    if (other !== undefined) {
      const message = `there is a remedy "${remedy.name}" already, in ${other.path}; give this one another name`;
      found.push(problem(document, ["metadata", "name"], message));
    }
    if (remedies.size >= MOST_REMEDIES)
      found.push(problem(document, [], `there are more than ${MOST_REMEDIES} remedies; combine some`));
    problems.push(...found);
    if (found.length === 0) remedies.set(remedy.name, remedy);
  }
  return { remedies: [...remedies.values()], problems: problems.sort(byPlace) };
}

/** A repository's own remedies, then those that ship with RAOS; one of its own replaces the shipped one with its name. */
export function withOwnRemedies(
  shipped: readonly CompiledRemedy[],
  own: readonly CompiledRemedy[],
): readonly CompiledRemedy[] {
  const names = new Set(own.map((remedy) => remedy.name));
  return [...own, ...shipped.filter((remedy) => !names.has(remedy.name))];
}

function kindOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
}
