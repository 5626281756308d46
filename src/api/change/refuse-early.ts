import { isRefusedOften, noteReasons } from "../../commands/requests/note-refusal.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import { earlyRefusals } from "../../grants/judge-early.ts";
import { mayImprove } from "../../grants/may-improve.ts";
import { mayRetire } from "../../grants/may-retire.ts";
import { newLineage } from "../../grants/new-lineage.ts";
import type { GrantRefusal } from "../../grants/refusal.ts";
import { countedSince, countRequests, type OpenRequests } from "../../pass/grants/reserved.ts";
import { viewLine } from "../../pass/grants/view-line.ts";
import { redactSecrets } from "../../redaction/redact-secrets.ts";
import { rememberFor } from "../access/remember.ts";
import { refuseHidden } from "../access/visible-agent.ts";
import type { Visit } from "../access/visit.ts";
import { refuseCall } from "../tool.ts";
import { askerOf } from "./asker-of.ts";

/** Milliseconds for which the pull requests of requests are not read again for an agent that is in a loop. */
const FRESH = 3000;
const NONE: OpenRequests = { members: [], requests: [] };

const opened = rememberFor<OpenRequests>(FRESH);

/**
 * Why an agent may not have a new agent, as far as the default branch tells it without a plan, and for one that is refused again and
 * again the open pull requests that were read in the last seconds; undefined where the whole has to be judged. Throws ForgeError.
 */
export async function refuseCreation(
  here: Visit,
  { tenant, name, template }: { readonly tenant: string; readonly name: string; readonly template: string },
): Promise<ReturnType<typeof refuseCall> | undefined> {
  const { principal, world, read } = here;
  const agent = `${tenant}/${name}`;
  // That a name is taken is another refusal.
  if (principal.kind === "person" || read.survey.pathOf(agent) !== undefined) return undefined;
  const { fleet } = read.survey;
  const asking = { agent: principal.agent, environment: principal.environment, request: "", at: world.now() };
  const made = newLineage(asking, fleet.facts.get(principal.agent));
  if (made.kind === "refused") {
    await noteReasons(world, askerOf(here), [[made.reason, made.message]]);
    return refuseCall(made.reason, made.message);
  }
  const { lineage } = made;
  const open = isRefusedOften(world, askerOf(here)) ? await openRequests(here) : NONE;
  // It has its place, or may have it: its own pull request is planned anew.
  if (open.members.some((member) => member.agent === agent)) return undefined;
  return refuseByGrant(
    here,
    earlyRefusals({ agent, template, lineage }, viewLine(lineage.root, fleet, world.store, open)),
  );
}

/** Why an agent may not ask for changes of another one, before evidence is read for them; undefined where the whole has to be judged. */
export async function refuseImproving(here: Visit, agent: AgentKey) {
  const refused = refuseHidden(here, agent) === undefined ? refusedImproving(here, agent) : undefined;
  return refused === undefined ? undefined : refuseByGrant(here, [refused]);
}

/** Why an agent may not ask for changes of another one; undefined where it may, and where a person asks. */
export function refusedImproving({ principal, read }: Visit, agent: AgentKey): GrantRefusal | undefined {
  if (principal.kind === "person") return undefined;
  const answer = mayImprove(principal.agent, read.survey.fleet.facts.get(principal.agent)?.grant, agent);
  return answer.kind === "granted" ? undefined : answer;
}

/** Why an agent may not ask for the end of another one; undefined where the whole has to be judged. */
export async function refuseRetiring(here: Visit, agent: AgentKey) {
  const { principal, read } = here;
  if (principal.kind === "person" || refuseHidden(here, agent) !== undefined) return undefined;
  const answer = mayRetire(principal.agent, agent, read.survey.fleet.facts);
  return answer.kind === "granted" ? undefined : refuseByGrant(here, [answer]);
}

/** Refuses by the reasons of a grant, as guardrails do, and counts that; undefined where there are none. */
async function refuseByGrant(
  here: Visit,
  refusals: readonly GrantRefusal[],
): Promise<ReturnType<typeof refuseCall> | undefined> {
  if (refusals.length === 0) return undefined;
  const said = refusals.map(({ reason, message }) => [reason, redactSecrets(message)] as const);
  await noteReasons(here.world, askerOf(here), said);
  return refuseCall("denied", said.map(([reason, message]) => `grant: ${reason}: ${message}`).join("; "));
}

/** Forgets which pull requests were open, since there is another one. */
export function forgetOpenRequests({ world }: Visit): void {
  opened.forget(world, "");
}

/** What cannot be read counts nothing here: the whole judgement says so. */
function openRequests({ world, read }: Visit): Promise<OpenRequests> {
  return opened.read(world, "", async () => {
    const [listed, recent] = await Promise.all([
      world.forge.pullRequests([]),
      world.forge.recentPulls(countedSince(world.now())),
    ]);
    const open = listed.pulls.filter(({ state }) => state === "open");
    const counted = countRequests(open, [...(recent ?? []), ...open], read.survey.fleet);
    const each = new Map(counted.members.map((member) => [member.agent, member]));
    return { ...counted, members: [...each.values()] };
  });
}
