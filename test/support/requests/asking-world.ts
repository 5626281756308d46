import { onTestFinished } from "vitest";
import { openWorld } from "../../../src/app/world/open-world.ts";
import { type AskedInPass, type Submitted, submitRequest } from "../../../src/commands/requests/submit-request.ts";
import type { World } from "../../../src/pass/world.ts";
import { KEY, startOpenAI, type TestOpenAI } from "../../servers/openai/server.ts";
import type { Script } from "../../servers/openai/transcript.ts";
import { type FleetClone, fleetClone } from "../cli/fleet-clone.ts";
import { shellFor } from "../cli/raos.ts";
import { fixtureFiles } from "../specs/fixture-fleet.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** A world over the fixture fleet, with a scripted model. */
export interface AskingWorld {
  readonly place: FleetClone;
  readonly openai: TestOpenAI;
  readonly world: World;
  submit(ask: AskedInPass, isDryRun?: boolean): Promise<Submitted>;
  /** The text of the file that a request changes, as its pull request has it. */
  fileOf(submitted: Submitted, path: string): string | undefined;
}

/** The file of support/router, with a grant to ask for agents from a template. */
export function grantedRouter(): Readonly<Record<string, string>> {
  const path = "agents/support/router.yaml";
  const grant =
    "createAgents: {max: 5, templates: [support-agent], budget: {cpu: 4, memory: 8Gi, dollarsPerDay: 5}, sponsor: '@meridian/support'}";
  const text = fixtureFiles()[path] ?? "";
  // What its descendants have, it needs itself.
  const helpCentre =
    "mcp: {name: help-centre, streamableHTTP: {url: 'http://help-centre-mcp.platform.svc.cluster.local/mcp'}, allow: [search_articles, get_article]}";
  const granted = text
    .replace("  supervision:\n", `  limits: {dollarsPerDay: 5}\n  supervision:\n    ${grant}\n`)
    .replace("  tools:\n", `  tools:\n    - ${helpCentre}\n`);
  return { [path]: granted };
}

/** Opens a world whose raos.yaml names a model; `files` are added to the fleet. */
export async function askingWorld(
  script: Script,
  files: Readonly<Record<string, string>> = {},
  budget = "{turns: 1000, tokens: 10000000, dollarsPerDay: 1000}",
): Promise<AskingWorld> {
  const place = fleetClone();
  const model = `  model: {name: gpt-5-mini, budget: ${budget}}\n`;
  place.commit({ "raos.yaml": `${place.read("raos.yaml").trimEnd()}\n${model}`, ...files });
  const openai = await startOpenAI(script);
  const env = { OPENAI_BASE_URL: openai.url, OPENAI_API_KEY: KEY };
  const { world, close } = await openWorld(shellFor(temporaryFolder(), Date.now, env), place.bare);
  onTestFinished(async () => {
    await close();
    await openai.stop();
  });
  return {
    ...{ place, openai, world },
    submit: (ask, isDryRun = false) => submitRequest(world, ask, isDryRun),
    fileOf(submitted, path) {
      const files = submitted.kind === "submitted" ? (submitted.step.proposal?.files ?? []) : [];
      return files.find((file) => file.path === path)?.text;
    },
  };
}
