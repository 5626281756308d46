import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { decodeIssueMarker } from "../../src/domain/alert/issue-marker.ts";
import { copyBare } from "../adversary/fleet.ts";
import { FAULTS, type Fault, readFault } from "../servers/github/faults/faults.ts";
import { type Fleet, fleetOnGitHub } from "../servers/github/setup.ts";
import { countOf, fsck, type Place } from "./place.ts";

export interface GitHubPlace extends Place {
  readonly fleet: Fleet;
  /** Makes GitHub fail as `FAULTY` says, or no more. */
  faulty(on: boolean): void;
  /** Faults that a request had, by kind. */
  faults(): Readonly<Record<string, number>>;
  end(): Promise<void>;
}

/** The probability of each kind of fault for a request that it matches. Waits are as short as GitHub can express. */
export const FAULTY: readonly Partial<Fault>[] = [
  { kind: "stale", chance: 0.35, requests: 12 },
  { kind: "stale-refs", chance: 0.2, requests: 12 },
  { kind: "status", status: 500, chance: 0.01 },
  { kind: "status", status: 502, chance: 0.01, effect: true },
  { kind: "status", status: 504, chance: 0.01 },
  { kind: "unavailable", chance: 0.01 },
  { kind: "truncate", chance: 0.02 },
  { kind: "reset", chance: 0.02 },
  { kind: "reset", chance: 0.02, effect: true },
  { kind: "hang", chance: 0.001 },
  { kind: "slow", chance: 0.02, milliseconds: 200 },
  { kind: "drip", chance: 0.02, milliseconds: 10 },
  { kind: "html", chance: 0.01 },
  { kind: "empty", chance: 0.01 },
  { kind: "primary-limit", chance: 0.005 },
  { kind: "secondary-limit", chance: 0.01 },
  { kind: "too-many-requests", chance: 0.01 },
  { kind: "expired-token", chance: 0.02 },
  { kind: "suspended", chance: 0.005 },
  { kind: "forbidden", chance: 0.01 },
  { kind: "not-found", chance: 0.01 },
  { kind: "head-moved", chance: 0.1 },
  { kind: "base-modified", chance: 0.1 },
  { kind: "validation", chance: 0.02 },
  { kind: "partial", chance: 0.03 },
  { kind: "graphql-timeout", chance: 0.03 },
  { kind: "status", status: 503, chance: 0.03, route: "GIT" },
  { kind: "truncate", chance: 0.03, route: "GIT" },
  { kind: "reset", chance: 0.03, route: "GIT" },
];

/** A copy of a bare repository on a test GitHub of this process; its faults, and what is lost of its webhooks, are by a seed. */
export async function githubPlace(
  template: string,
  folder: string,
  seed: number,
  without: readonly string[],
): Promise<GitHubPlace> {
  const chosen = FAULTY.filter(({ kind }) => !without.includes(kind ?? ""));
  const root = join(folder, "github");
  mkdirSync(join(root, "acme"), { recursive: true });
  copyBare(template, join(root, "acme", "fleet.git"));
  const fleet = await fleetOnGitHub(undefined, { root, seed, webhookSecret: "chaos" });
  const { github, repository } = fleet;
  github.webhooks.keeps = false;
  const { id, privateKey } = github.world.app;
  return {
    fleet,
    argv: ["--interval", "5s"],
    env: {
      APP_ID: String(id),
      PRIVATE_KEY: privateKey,
      WEBHOOK_SECRET: "chaos",
      GITHUB_API_URL: github.url,
      GITHUB_SERVER_URL: github.url,
    },
    async outcomes() {
      const pulls = [...repository.pulls.values()].map(({ headRef }) => headRef);
      const issues = [...repository.issues.values()].filter(({ state }) => state === "OPEN");
      return countOf([...pulls, ...issues.map(({ body }) => decodeIssueMarker(body)?.key ?? "")]);
    },
    troubles: async () => fsck(repository.git.dir),
    faulty(on) {
      github.faults.splice(0);
      if (on) github.faults.push(...chosen.map((fault) => readFault({ ...fault, times: Number.MAX_SAFE_INTEGER })));
      github.webhooks.deliveryFaults = on ? { twice: 0.2, late: 0.2, lost: 0.1 } : { twice: 0, late: 0, lost: 0 };
    },
    faults() {
      const kinds = github.requests.flatMap(({ fault }) => fault ?? []);
      return Object.fromEntries(
        Object.keys(FAULTS).flatMap((kind) => {
          const count = kinds.filter((each) => each === kind).length;
          return count === 0 ? [] : [[kind, count]];
        }),
      );
    },
    end: () => github.close(),
  };
}
