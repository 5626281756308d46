import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomFrom } from "../servers/github/faults/random.ts";
import { mergeRounds, reconcileRounds } from "./command-rounds.ts";
import { githubPlace } from "./github-place.ts";
import { localPlace, makeFleet } from "./place.ts";
import { type ServeRounds, serveRounds } from "./serve-rounds.ts";
import type { Tally } from "./tally.ts";

/** Everything that is tried, by name; each of so many kills. */
export const KINDS = {
  "serve, killed": (ground, rounds) => locally(ground, rounds, { signal: "SIGKILL", bots: 1 }),
  "serve, SIGTERM": (ground, rounds) => locally(ground, rounds, { signal: "SIGTERM", bots: 1 }),
  "two bots, killed": (ground, rounds) => locally(ground, Math.ceil(rounds / 2), { signal: "SIGKILL", bots: 2 }),
  "reconcile, killed": (ground, rounds) =>
    reconcileRounds(localPlace(ground.template, ground.folder), { ...ground, rounds }),
  "pr merge, killed": (ground, rounds) =>
    mergeRounds(localPlace(ground.template, ground.folder), false, { ...ground, rounds }),
  "pr merge in a folder, killed": (ground, rounds) =>
    mergeRounds(localPlace(ground.template, ground.folder), true, { ...ground, rounds }),
  "GitHub with faults, killed": (ground, rounds) => onGitHub(ground, rounds, { signal: "SIGKILL", bots: 1 }, true),
  "GitHub with faults, killed, alerts sent again": (ground, rounds) =>
    onGitHub(ground, rounds, { signal: "SIGKILL", bots: 1, resent: true }, true),
  "GitHub with faults, two bots that live on": (ground, rounds) =>
    onGitHub(ground, rounds, { signal: "SIGTERM", bots: 2, resent: true, steady: true }, true),
  "GitHub with faults, one bot that lives on": (ground, rounds) =>
    onGitHub(ground, rounds, { signal: "SIGTERM", bots: 1, resent: true, steady: true }, true),
  "GitHub, two bots, killed": (ground, rounds) =>
    onGitHub(ground, Math.ceil(rounds / 2), { signal: "SIGKILL", bots: 2 }, true),
  "GitHub with faults, SIGTERM": (ground, rounds) => onGitHub(ground, rounds, { signal: "SIGTERM", bots: 1 }, true),
} as const satisfies Readonly<Record<string, (ground: Ground, rounds: number) => Promise<Tally>>>;

export type Kind = keyof typeof KINDS;

interface Ground {
  readonly template: string;
  readonly folder: string;
  readonly seed: number;
  readonly random: () => number;
  /** Kinds of faults that GitHub does not have this time. */
  readonly without: readonly string[];
}

/** A folder with a fleet of so many agents that every kind begins with. */
export function makeTemplate(agents: number): { readonly root: string; readonly template: string } {
  const root = mkdtempSync(join(tmpdir(), "raos-chaos-"));
  const template = join(root, "template.git");
  makeFleet(template, agents);
  return { root, template };
}

/** One kind of rounds, in a folder of its own. Ends every process that it started. */
export async function roundsOf(
  kind: Kind,
  rounds: number,
  seed: number,
  { root, template }: ReturnType<typeof makeTemplate>,
  without: readonly string[] = [],
): Promise<Tally> {
  const folder = join(root, `${Object.keys(KINDS).indexOf(kind)}-${seed}`);
  mkdirSync(folder, { recursive: true });
  try {
    const tally = await KINDS[kind]({ template, folder, seed, random: randomFrom(seed), without }, rounds);
    return { ...tally, what: kind };
  } finally {
    if (process.env.KEEP === undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

type Which = Pick<ServeRounds, "signal" | "bots" | "resent" | "steady">;

function locally({ template, folder, random }: Ground, rounds: number, which: Which): Promise<Tally> {
  return serveRounds(localPlace(template, folder), { what: "", rounds, random, folder, ...which });
}

async function onGitHub(
  { template, folder, seed, random, without }: Ground,
  rounds: number,
  which: Which,
  faulty: boolean,
): Promise<Tally> {
  const place = await githubPlace(template, folder, seed, without);
  try {
    place.faulty(faulty);
    const tally = await serveRounds(place, {
      what: "",
      rounds,
      random,
      folder,
      ...which,
      listening: (url) => {
        place.fleet.github.webhooks.hookUrl = `${url}/api/github/webhooks`;
      },
      quiet: () => place.faulty(false),
    });
    return { ...tally, faults: place.faults() };
  } finally {
    await place.end();
  }
}
