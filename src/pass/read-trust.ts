import { tenantOf } from "../domain/agent-key.ts";
import type { ChangeSet } from "../domain/change-set.ts";
import type { ChangeCounts } from "../domain/record/change-counts.ts";
import { readsRecord } from "../policy/judge.ts";
import { type ChangeRecord, recordOf, sourceOf } from "../pr/record/change-record.ts";
import { trustIn } from "../pr/record/trust.ts";
import { onceInAPass } from "./once-in-a-pass.ts";
import type { Pass } from "./pass.ts";

/** Milliseconds: 90 days. What became of older changes says little about the remedies and agents of today. */
const TRUST_TIME = 90 * 86_400_000;

interface Records {
  readonly since: number;
  readonly all: readonly ChangeRecord[];
}

/**
 * What became of the changes of the last 90 days that the same remedy or kind of cause asked for, in the tenant of a change with the
 * least trust. Undefined where the forge does not say, or no guardrail in force asks for it: then the forge is not asked either.
 */
export async function readTrust(
  pass: Pass,
  { cause, agents }: Pick<ChangeSet, "cause" | "agents">,
): Promise<ChangeCounts | undefined> {
  if (!readsRecord(pass.policies.guardrails, cause)) return undefined;
  const records = await readRecords(pass);
  const tenants = [...new Set(agents.map(tenantOf))];
  return records && trustIn(records.all, { source: sourceOf(cause), tenants }, records.since);
}

const readRecords = onceInAPass<Records>(async ({ world }) => {
  const since = world.now() - TRUST_TIME;
  const pulls = await world.forge.recentPulls(since);
  if (pulls === undefined) world.log.warn({}, "there are too many pull requests to read what became of the bot's own");
  return pulls && { since, all: pulls.flatMap((pull) => recordOf(pull) ?? []) };
}, "what became of earlier changes cannot be read");
