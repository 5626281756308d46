import type { ThreadComment } from "../../domain/review/command.ts";
import { isAgentKey } from "../../domain/review/hold.ts";
import type { World } from "../../pass/world.ts";
import { code, prose } from "../../pr/markdown.ts";
import { REASONS } from "../../reconcile/reasons.ts";
import { changeFromWords } from "../requests/change-from-words.ts";
import { createFromWords } from "../requests/create-from-words.ts";
import { type Submitted, submitRequest } from "../requests/submit-request.ts";

/** Asks for a new agent in a comment's words; whoever may push may. Throws GitError or ForgeError. */
export async function createInComment(world: World, { author }: ThreadComment, words: string): Promise<string> {
  if (words === "") return `Say what the agent is to do: ${code("/raos create an agent that …")}`;
  return createForPerson(world, author, words);
}

/** Asks for a new agent for a person who may push. Returns the answer, Markdown. Throws GitError or ForgeError. */
export async function createForPerson(world: World, login: string, words: string): Promise<string> {
  const from = { kind: "person", login } as const;
  const ask = createFromWords({ from, words, answers: [], tenant: undefined, name: undefined });
  return resultText(await submitRequest(world, ask), "create");
}

/** Asks for a change of an agent in a comment's words. Throws GitError or ForgeError. */
export async function changeInComment(world: World, { author }: ThreadComment, rest: string): Promise<string> {
  const [agent = "", ...words] = rest.split(" ");
  if (!isAgentKey(agent) || words.length === 0)
    return `Name the agent, and say what is to change: ${code("/raos change tenant/name let it …")}`;
  const from = { kind: "person", login: author } as const;
  const ask = changeFromWords({ from, agent, environment: undefined, words: words.join(" "), answers: [] });
  return resultText(await submitRequest(world, ask), "change");
}

function resultText(submitted: Submitted, name: "create" | "change"): string {
  switch (submitted.kind) {
    case "refused":
      return `Nothing was opened: ${prose(submitted.message, 1500)}`;
    case "questions": {
      const list = submitted.questions.map((question) => `- ${prose(question, 300)}`).join("\n");
      return `Nothing is opened yet. What is not clear:\n\n${list}\n\nAsk again with the answers in your words: ${code(`/raos ${name} …`)}`;
    }
    case "submitted":
      return outcomeText(submitted);
    default:
      return submitted satisfies never;
  }
}

function outcomeText({ outcomes: [outcome] }: Extract<Submitted, { readonly kind: "submitted" }>): string {
  if (outcome === undefined) return "Nothing was opened.";
  const { kind, pull, reason = "", agent, problems = [] } = outcome;
  if (kind === "opened" && pull !== undefined) return `#${pull.number} is the pull request for ${code(agent, 128)}.`;
  if (kind === "unchanged" && pull !== undefined) return `#${pull.number} is open for this already.`;
  const known = Object.entries(REASONS).find(([word]) => word === reason)?.[1].says;
  const why = problems[0]?.message ?? known ?? reason;
  const where = pull === undefined ? "" : ` (#${pull.number})`;
  return `Nothing was opened${where}: ${prose(why, 500)}`;
}
