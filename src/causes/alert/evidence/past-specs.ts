import { isDeepStrictEqual } from "node:util";
import { yieldToOthers } from "../../../deadline/slices.ts";
import { at } from "../../../domain/values/json.ts";
import type { Instant, Json, JsonPointer, Sha } from "../../../domain/values/scalars.ts";
import type { RecentChange } from "../../../remedy/bounds/bound-edits.ts";
import { valueInSpec } from "../../../remedy/value-in-spec.ts";
import { readAgent } from "../../../spec/read/read-agent.ts";
import type { Subject } from "./subject.ts";

/** A spec as it was in effect after one commit. */
export interface PastSpec {
  readonly sha: Sha;
  /** When it reached the default branch. */
  readonly at: Instant;
  readonly byBot: boolean;
  /** When the files generated from it did; undefined: not yet. */
  readonly deployedAt: Instant | undefined;
  readonly spec: Json;
}

/** The text used for every prompt file: only the path of a prompt matters here. */
const SOME_PROMPT = new TextEncoder().encode("a prompt");

/**
 * The effective specs of the versions of an agent's file in its environment, newest first, read with today's templates, Models
 * and defaults; versions that cannot be read are left out.
 */
export function pastSpecsOf(subject: Subject): Promise<readonly PastSpec[]> {
  const known = KNOWN.get(subject) ?? readPastSpecs(subject);
  KNOWN.set(subject, known);
  return known;
}

/** Kept, since the evidence and the bounds of edits both need them. */
const KNOWN = new WeakMap<Subject, Promise<readonly PastSpec[]>>();

async function readPastSpecs({ agent, environment, versions, shared }: Subject): Promise<readonly PastSpec[]> {
  const specs: PastSpec[] = [];
  for (const version of versions) {
    if (version.bytes === undefined || version.oid === undefined) continue;
    const read = readAgent(agent.path, version.oid, version.bytes, shared, () => SOME_PROMPT);
    const spec = read.agent?.environments.get(environment)?.spec;
    await yieldToOthers();
    if (spec === undefined) continue;
    const { sha, at, byBot, deployedAt } = version;
    specs.push({ sha, at, byBot, deployedAt, spec: JSON.parse(JSON.stringify(spec)) });
  }
  return specs;
}

/** The parts of a spec that a change of what runs is in. */
const RUNS = ["runtime", "instructions", "model", "tools", "dapr"];

/** The newest change of what runs: the spec after it, and the one before it; undefined where there was none. */
export function lastChangeIn(
  past: readonly PastSpec[],
): { readonly changed: PastSpec; readonly previous: PastSpec } | undefined {
  const running = past.map(({ spec }) => JSON.stringify(RUNS.map((part) => at(spec, part) ?? null)));
  const other = running.findIndex((one) => one !== running[0]);
  const [changed, previous] = [past[other - 1], past[other]];
  return changed === undefined || previous === undefined ? undefined : { changed, previous };
}

/** The changes of the values at these paths, newest first: the value before and after, when, and by whom. */
export function recentChangesIn(past: readonly PastSpec[], paths: readonly JsonPointer[]): readonly RecentChange[] {
  return past.slice(0, -1).flatMap((version, index) => {
    const before = past[index + 1];
    return paths.flatMap((path): readonly RecentChange[] => {
      const [from, to] = [valueInSpec(before?.spec, path), valueInSpec(version.spec, path)];
      if (isDeepStrictEqual(from, to)) return [];
      return [
        { at: path, from, to, when: version.at, deployedAt: version.deployedAt, by: version.byBot ? "bot" : "person" },
      ];
    });
  });
}
