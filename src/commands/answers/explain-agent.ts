import type { ThreadComment } from "../../domain/review/command.ts";
import { beginPass } from "../../pass/begin-pass.ts";
import { pathsOfAgents } from "../../pass/paths-of-agents.ts";
import type { World } from "../../pass/world.ts";
import { explainText } from "../../pr/command/explain-text.ts";
import { code } from "../../pr/markdown.ts";
import { explain } from "../../spec/layers/explain.ts";
import { readAgent } from "../../spec/read/read-agent.ts";
import { subjectOfCommand, WHICH_AGENT } from "./subject-agent.ts";

/** Says where the values of an agent come from, on the default branch. Returns the answer. Throws GitError or ForgeError. */
export async function explainAgent(world: World, comment: ThreadComment, rest: string): Promise<string> {
  const subject = await subjectOfCommand(world, comment, rest);
  if (subject === undefined) return WHICH_AGENT;
  const begun = await beginPass(world, { isDryRun: true });
  const path = begun.kind === "nothing" ? undefined : begun.pass.survey.pathOf(subject.agent);
  if (begun.kind === "nothing" || path === undefined) return `There is no agent ${code(subject.agent, 128)}.`;
  const { survey, commit } = begun.pass;
  const snapshot = await commit.slice(pathsOfAgents([subject.agent], begun.pass));
  const prompt = (file: string) => (snapshot.oid(file) === undefined ? undefined : snapshot.read(file));
  const read = readAgent(path, snapshot.oid(path) ?? "", snapshot.read(path), survey.fleet, prompt);
  const { agent } = read;
  if (agent === undefined) return `${code(path)} has Problems: ${code("raos validate")} says which.`;
  const [below = ""] = subject.rest.split(" ");
  const environments = [...agent.environments.keys()];
  const texts = environments.map((name) => explainText(agent.key, name, explain(agent, name, survey.fleet), below));
  return texts.join("\n\n");
}
