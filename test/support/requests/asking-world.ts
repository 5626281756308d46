import { onTestFinished } from "vitest";
import { openWorld } from "../../../src/app/world/open-world.ts";
import { type AskedInPass, type Submitted, submitRequest } from "../../../src/commands/requests/submit-request.ts";
import type { World } from "../../../src/pass/world.ts";
import { KEY, startOpenAI, type TestOpenAI } from "../../servers/openai/server.ts";
import type { Script } from "../../servers/openai/transcript.ts";
import { type FleetClone, fleetClone } from "../cli/fleet-clone.ts";
import { shellFor } from "../cli/raos.ts";
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
