import type { Cause } from "../../../domain/cause.ts";
import type { AgentKey } from "../../../domain/fleet.ts";
import type { Pass } from "../../../pass/pass.ts";
import type { CompiledRemedy } from "../../../remedy/compiled-remedy.ts";
import { filledPromql } from "./environment-query.ts";
import { readSubjects, type Subject } from "./subject.ts";

type AlertCause = Extract<Cause, { kind: "alert" }>;

/** Share of the time that `verify` must have held: scrapes are missed now and then. */
const MOST_OF_THE_TIME = 0.9;
/** Points that a query over a whole range has at most; fewer than half of a short range's are enough to judge by. */
const FEW_POINTS = 10;

/** Whether the remedy's `verify` held for these agents all the time up to now; true where it has none. Throws GitError. */
export async function isVerifiedFor(
  pass: Pass,
  { cause, remedy, afterMs }: { readonly cause: AlertCause; readonly remedy: CompiledRemedy; readonly afterMs: number },
  agents: readonly AgentKey[],
): Promise<boolean> {
  const { verify } = remedy;
  if (verify === undefined) return true;
  const incidents = agents.map((agent) => ({
    agent,
    environment: cause.environment,
    remedy: cause.remedy,
    alerts: [],
  }));
  const subjects = await readSubjects(pass, { cause, incidents, remedy, agents });
  const held = await Promise.all(subjects.map((subject) => heldFor(pass, subject, verify.promql, afterMs)));
  return held.length > 0 && held.every((one) => one);
}

async function heldFor(pass: Pass, subject: Subject, promql: string, afterMs: number): Promise<boolean> {
  const query = filledPromql(promql, subject);
  if (typeof query !== "string") return false;
  const now = pass.world.now();
  const reader = pass.world.evidenceReader(pass.survey.fleet.config, subject.environment);
  const range = { start: now - afterMs, end: now };
  const read = await reader.read(
    { kind: "promql", name: "verify", query, ...range, unit: "count", threshold: undefined },
    "verify",
  );
  if (read.kind !== "series") return false;
  return read.series.some(({ points }) => {
    const [first, last] = [points[0]?.[0] ?? now, points.at(-1)?.[0] ?? 0];
    const step = (last - first) / Math.max(1, points.length - 1);
    const isWhole =
      first - range.start <= (1 - MOST_OF_THE_TIME) * afterMs && now - last <= (1 - MOST_OF_THE_TIME) * afterMs;
    const gaps = points.filter(([at], index) => at - (points[index - 1]?.[0] ?? at) > 2 * step).length;
    return isWhole && points.length >= FEW_POINTS && gaps <= (1 - MOST_OF_THE_TIME) * points.length;
  });
}
