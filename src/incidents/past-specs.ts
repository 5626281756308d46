import { isDeepStrictEqual } from "node:util";
import { rest } from "../deadline/slices.ts";
import type { Instant, Json, JsonPointer, Sha } from "../domain/scalars.ts";
import type { RecentChange } from "../remedy/bound.ts";
import { valueInSpec } from "../remedy/pointer-in-spec.ts";
import { readAgent } from "../spec/read-agent.ts";
import type { Subject } from "./subject.ts";

/** A spec as it was in effect after one commit. */
export interface PastSpec {
  readonly sha: Sha;
  readonly at: Instant;
  readonly byBot: boolean;
  readonly spec: Json;
}

/** What a prompt file held is not asked: only which file it was. */
const SOME_PROMPT = new TextEncoder().encode("a prompt");

/**
 * The specs that the versions of an agent's file gave in its environment, newest first, read with the templates and
 * defaults of today; versions that cannot be read are left out.
 */
export async function specsOf({ agent, environment, versions, shared }: Subject): Promise<readonly PastSpec[]> {
  const specs: PastSpec[] = [];
  for (const version of versions) {
    if (version.bytes === undefined || version.oid === undefined) continue;
    const read = readAgent(agent.path, version.oid, version.bytes, shared, () => SOME_PROMPT);
    const spec = read.agent?.environments.get(environment)?.spec;
    await rest();
    if (spec === undefined) continue;
    const { sha, at, byBot } = version;
    specs.push({ sha, at, byBot, spec: JSON.parse(JSON.stringify(spec)) });
  }
  return specs;
}

/** What these paths were changed from and to, by whom and when, newest first. */
export function changesOf(past: readonly PastSpec[], paths: readonly JsonPointer[]): readonly RecentChange[] {
  return past.slice(0, -1).flatMap((version, index) => {
    const before = past[index + 1];
    return paths.flatMap((path): readonly RecentChange[] => {
      const [from, to] = [valueInSpec(before?.spec, path), valueInSpec(version.spec, path)];
      if (isDeepStrictEqual(from, to)) return [];
      return [{ at: path, from, to, when: version.at, by: version.byBot ? "bot" : "person" }];
    });
  });
}
