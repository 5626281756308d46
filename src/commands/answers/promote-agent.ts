import { planDriftOf } from "../../causes/drift/plan-drift.ts";
import type { Cause } from "../../domain/cause.ts";
import { wavesOf } from "../../domain/deployed/waves.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { ThreadComment } from "../../domain/review/command.ts";
import { beginPass } from "../../pass/begin-pass.ts";
import type { Pass } from "../../pass/pass.ts";
import { isOpenedOnWish } from "../../pass/people/wished.ts";
import type { Step } from "../../pass/step.ts";
import type { World } from "../../pass/world.ts";
import { code, some } from "../../pr/markdown.ts";
import { openAsked } from "./open-asked.ts";
import { subjectOfCommand, WHICH_AGENT } from "./subject-agent.ts";

/** What became of the wish to promote an agent; `says` is Markdown. */
export interface Promoted {
  readonly opened: boolean;
  readonly says: string;
}

/** `/raos promote [tenant/name] [environment]`. Returns the answer. Throws GitError or ForgeError. */
export async function answerPromote(world: World, comment: ThreadComment, rest: string): Promise<string> {
  const subject = await subjectOfCommand(world, comment, rest);
  if (subject === undefined) return WHICH_AGENT;
  const [to = ""] = subject.rest.split(" ");
  return (await promoteAgent(world, subject.agent, to === "" ? undefined : to)).says;
}

/**
 * Opens the pull request that brings an agent's change into its next wave, however short a time the wave before has had it, also where
 * a person took it back before. `to`: an environment of the wave that is meant; left out: whichever is next. Throws GitError or
 * ForgeError.
 */
export async function promoteAgent(world: World, agent: AgentKey, to: string | undefined): Promise<Promoted> {
  const begun = await beginPass(world);
  if (begun.kind === "nothing") return none("The default branch cannot be read, so nothing was opened.");
  const { pass } = begun;
  const waves = wavesOf(pass.survey.fleet.config, pass.survey.environments);
  if (waves.length < 2) return none(`${code("raos.yaml")} has no ${code("promotion")} with two waves or more.`);
  if (to !== undefined && !waves.some(({ environments }) => environments.includes(to)))
    return none(`There is no environment ${code(to, 63)}.`);
  const step = await nextStep(pass, agent);
  if (step === undefined)
    return none(`There is nothing to promote: every environment of ${code(agent, 128)} has what its spec asks for.`);
  return promote(world, pass, step, to);
}

/** The first step about an agent's drift that is not to close something. */
async function nextStep(pass: Pass, agent: AgentKey): Promise<Step | undefined> {
  for await (const step of planDriftOf(pass, agent)) if (step.decision.kind !== "close") return step;
  return undefined;
}

async function promote(world: World, pass: Pass, step: Step, to: string | undefined): Promise<Promoted> {
  const environments = environmentsOf(pass, step.cause);
  const names = some(
    environments.map((name) => code(name, 63)),
    5,
  );
  const pull = "pull" in step.decision && step.decision.pull?.state === "open" ? step.decision.pull : undefined;
  const isFirst = step.cause.kind === "drift" && step.cause.scope.wave === undefined;
  if (isFirst || (to !== undefined && !environments.includes(to))) {
    const open = pull === undefined ? "the pull request for it" : `#${pull.number}`;
    return none(`${names} ${environments.length === 1 ? "comes" : "come"} first, and ${open} is not merged yet.`);
  }
  if (pull !== undefined) return none(`#${pull.number} is open already.`);
  const asked = {
    what: "the values",
    waits: (reason: string) => isOpenedOnWish(reason) || reason === "closed-by-a-person",
  };
  const done = await openAsked(world, step, pass.base, asked);
  return done.kind === "none" ? none(done.says) : { opened: true, says: `#${done.number} promotes it to ${names}.` };
}

function environmentsOf({ survey }: Pass, cause: Cause): readonly string[] {
  const wave = cause.kind === "drift" ? cause.scope.wave : undefined;
  return wavesOf(survey.fleet.config, survey.environments).find(({ name }) => name === wave)?.environments ?? [];
}

function none(says: string): Promoted {
  return { opened: false, says };
}
