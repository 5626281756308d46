import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Shell } from "../../app/shell.ts";
import type { Opened } from "../../app/world/open-world.ts";
import { createFromTemplate } from "../../commands/requests/create-from-template.ts";
import { createFromWords } from "../../commands/requests/create-from-words.ts";
import { type AskedInPass, type Submitted, submitRequest } from "../../commands/requests/submit-request.ts";
import type { LocalForge } from "../../forge/local/forge.ts";
import { reconcile } from "../../reconcile/reconcile.ts";
import type { Narrator } from "../print/narrate.ts";
import { printOutcomes } from "../print/print-outcomes.ts";
import { printPull } from "../print/print-pull.ts";
import { type GitAsPerson, pullOf } from "./after-merge.ts";
import { ASKED, createDemoWriter } from "./demo-writer.ts";

/** The agent that may ask for one other. */
const ASKER = "support/router";
const GRANT = `  limits: {dollarsPerDay: 5}
  supervision:
    createAgents:
      max: 1
      templates: [support-agent]
      budget: {cpu: "4", memory: 4Gi, dollarsPerDay: 5}
      sponsor: "@meridian-retail/support-engineering"
`;
/** What agents below it may have, it has itself. */
const HELP_CENTRE = `    - mcp:
        name: help-centre
        streamableHTTP: {url: "http://help-centre-mcp.platform.svc.cluster.local/mcp", timeout: 10s}
        allow: [search_articles, get_article]
`;
/** A person's line in the template: without it nobody can tell what such an agent may cost. */
const COST = "    limits: {dollarsPerDay: 1}\n";

interface Place {
  readonly opened: Opened<LocalForge>;
  readonly root: string;
  readonly git: GitAsPerson;
  /** Whether raos.yaml names a model that can be asked. */
  readonly hasModel: boolean;
}

/** A person asks for an agent in words, an agent asks for one within its grant, and for one beyond it. */
export async function showRequests(shell: Shell, place: Place, { say, step }: Narrator): Promise<void> {
  const { opened, root, git, hasModel } = place;
  const world = hasModel ? opened.world : { ...opened.world, requestWriter: createDemoWriter };
  const submit = async (ask: AskedInPass) => printAnswer(shell, say, await submitRequest(world, ask));

  step("Somebody asks for an agent in words");
  say(`raos create "${ASKED}"`);
  if (!hasModel) say("No model is asked here: its answer is made up. With OPENAI_API_KEY a real one writes it.");
  const from = { kind: "person", login: "platform-team" } as const;
  const asked = await submit(createFromWords({ from, words: ASKED, answers: [], tenant: undefined, name: undefined }));
  const number = asked?.pull?.number;
  const pull = (await opened.forge.list("open")).find((one) => one.number === number);
  if (pull !== undefined) printPull(shell, pull, [], 26);

  step(`An agent asks for agents: ${ASKER} may have one, as its grant says`);
  const spec = join(root, `agents/${ASKER}.yaml`);
  const template = join(root, "templates/support-agent.yaml");
  await writeFile(
    spec,
    (await readFile(spec, "utf8")).replace("  supervision:\n", GRANT).replace("  tools:\n", `  tools:\n${HELP_CENTRE}`),
  );
  await writeFile(template, `${(await readFile(template, "utf8")).trimEnd()}\n${COST}`);
  await git("commit", "--quiet", "--all", "--message=The router may ask for one agent");
  await reconcile(world);
  await opened.forge.merge(await pullOf(opened, `agent/${ASKER}`));
  const child = (name: string) =>
    createFromTemplate({
      ...{
        tenant: "support",
        name,
        template: "support-agent",
        values: new Map(),
        description: `Answers questions about ${name}`,
      },
      from: { kind: "agent", agent: ASKER, environment: "production", chain: [] },
    });
  await submit(child("returns"));

  step("It asks for a second one, and is told why not");
  await submit(child("gifts"));
}

function printAnswer(shell: Shell, say: Narrator["say"], submitted: Submitted) {
  switch (submitted.kind) {
    case "refused":
      say(`${submitted.reason}: ${submitted.message}`);
      return undefined;
    case "questions":
      for (const question of submitted.questions) say(question);
      return undefined;
    case "submitted":
      printOutcomes(shell, submitted.outcomes, { quiet: false });
      return submitted.outcomes[0];
    default:
      return submitted satisfies never;
  }
}
