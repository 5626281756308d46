import { onTestFinished } from "vitest";
import type { Outcome } from "../../../src/domain/decision.ts";
import { KEY, startOpenAI, type TestOpenAI } from "../../servers/openai/server.ts";
import type { Asked, Script, Turn } from "../../servers/openai/transcript.ts";
import { type FleetClone, fleetClone } from "../cli/fleet-clone.ts";
import { type CommandResult, raos } from "../cli/raos.ts";

/** A fleet whose raos.yaml names a model, that model, and the command line to ask it. */
export interface AskingFleet {
  readonly place: FleetClone;
  readonly openai: TestOpenAI;
  run(...args: readonly string[]): Promise<CommandResult>;
  outcomes(...args: readonly string[]): Promise<readonly Outcome[]>;
  /** A file on a branch of a pull request. */
  read(branch: string, path: string): string;
}

/** The fixture fleet and a scripted model. Every agent of it is generated already. */
export async function askingFleet(script: Script): Promise<AskingFleet> {
  const place = fleetClone();
  const model = "  model: {name: gpt-5-mini, budget: {tokens: 1000000, dollarsPerDay: 1000}}\n";
  place.commit({ "raos.yaml": `${place.read("raos.yaml").trimEnd()}\n${model}` });
  const openai = await startOpenAI(script);
  onTestFinished(() => openai.stop());
  const env = { OPENAI_BASE_URL: openai.url, OPENAI_API_KEY: KEY };
  const run = (...args: readonly string[]) => raos(place.clone, [...args, "--repo", place.bare], env);
  return {
    place,
    openai,
    run,
    outcomes: async (...args) => JSON.parse((await run(...args, "--output", "json")).out),
    read(branch, path) {
      place.git("fetch", "--quiet", "origin");
      return place.git("show", `origin/${branch}:${path}`);
    },
  };
}

/** What a model that answers always in the same way says. */
export function answering(answer: object | ((asked: Asked, before: number) => object)): Script {
  return (asked, before): Turn => {
    const said = typeof answer === "function" ? answer(asked, before) : answer;
    return { kind: "answer", json: JSON.parse(JSON.stringify(said)) };
  };
}
