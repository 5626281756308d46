import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { parseArgs } from "node:util";
import type { Shell } from "../../src/app/shell.ts";
import { openWorld } from "../../src/app/world/open-world.ts";
import { type PromptSet, readPrompts, SETS } from "./prompts.ts";
import { type Result, runPrompts } from "./run-prompts.ts";

const USAGE = `npm run eval -- [--set create|refuse|change|injection] [--id ID] [--model gpt-5-mini] [--api responses|chat] [--dollars 5]

Asks a model for each prompt of fixtures/prompts, about a copy of fixtures/fleet, and says how it did. Nothing is written but
the copy. OPENAI_API_KEY is the key; OPENAI_BASE_URL the endpoint, where it is not OpenAI's own.`;

const { values } = parseArgs({
  options: {
    set: { type: "string", multiple: true, default: [...SETS] },
    id: { type: "string" },
    model: { type: "string", default: "gpt-5-mini" },
    api: { type: "string", default: "responses" },
    dollars: { type: "string", default: "5" },
    help: { type: "boolean", default: false },
  },
});
const FLEET = resolve(import.meta.dirname, "../../fixtures/fleet");

if (values.help) console.log(USAGE);
else await main();

async function main(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "raos-eval-"));
  try {
    const { world, close } = await openWorld(shellFor(join(root, "cache")), copyFleet(join(root, "fleet")));
    try {
      for (const set of SETS.filter((one) => values.set.includes(one))) {
        const prompts = readPrompts(set).filter(({ id }) => values.id === undefined || id === values.id);
        const results: Result[] = [];
        for await (const result of runPrompts(world, prompts)) {
          results.push(result);
          console.log(line(result));
        }
        if (results.length > 0) console.log(`${summary(set, results)}\n`);
      }
    } finally {
      await close();
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** A repository with the fleet, whose raos.yaml names the model. */
function copyFleet(folder: string): string {
  cpSync(FLEET, folder, { recursive: true });
  const config = join(folder, "raos.yaml");
  const { model, api, dollars } = values;
  const budget = `{tokens: 200000, dollarsPerDay: ${Number(dollars)}}`;
  const named = `  model: {name: ${JSON.stringify(model)}, api: ${api}, budget: ${budget}}\n`;
  writeFileSync(config, `${readFileSync(config, "utf8").trimEnd()}\n${named}`);
  const author = ["-c", "user.name=Evaluation", "-c", "user.email=evaluation@localhost", "-c", "commit.gpgSign=false"];
  for (const args of [
    ["init", "--quiet", "--initial-branch=main"],
    ["add", "--all"],
    ["commit", "--quiet", "-m", "The fleet"],
  ])
    execFileSync("git", [...author, ...args], { cwd: folder });
  return folder;
}

function shellFor(cache: string): Shell {
  const { PATH, HOME, OPENAI_API_KEY, OPENAI_BASE_URL, HTTPS_PROXY, NO_PROXY } = process.env;
  return {
    env: { PATH, HOME, OPENAI_API_KEY, OPENAI_BASE_URL, HTTPS_PROXY, NO_PROXY, RAOS_CACHE: cache },
    cwd: process.cwd(),
    terminal: false,
    input: () => Readable.from([]),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    now: Date.now,
    signal: new AbortController().signal,
    hold: () => {},
  };
}

function line({ id, end, failed, extra, drafts, tokens }: Result): string {
  const wrong = [...failed, ...extra.map((at) => `${at} changed too`)];
  const said = wrong.length === 0 ? "as expected" : wrong.join("; ");
  return `${id}: ${end} after ${drafts} ${drafts === 1 ? "draft" : "drafts"}, ${tokens} tokens: ${said}`;
}

function summary(set: PromptSet, results: readonly Result[]): string {
  const count = (fits: (result: Result) => boolean) => `${results.filter(fits).length} of ${results.length}`;
  const sum = (of: (result: Result) => number) => results.reduce((total, result) => total + of(result), 0);
  return [
    `${set}: as expected ${count(({ failed, extra }) => failed.length + extra.length === 0)}`,
    `valid at first try ${count(({ drafts, end }) => drafts === 1 && end === "opened")}`,
    `expectations met ${count(({ failed }) => failed.length === 0)}`,
    `nothing else changed ${count(({ extra }) => extra.length === 0)}`,
    `asked back ${count(({ end }) => end === "questions")}`,
    `${sum(({ tokens }) => tokens)} tokens, ${sum(({ dollars }) => dollars).toFixed(4)} dollars`,
  ].join("; ");
}
