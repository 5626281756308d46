import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import * as z from "zod";
import type { Proposal } from "../src/domain/proposal.ts";
import type { Base } from "../src/forge/forge.ts";
import { createPacer, UNPACED } from "../src/forge/github/client/pace.ts";
import { createGitHubForge, type GitHubForge } from "../src/forge/github/forge.ts";
import { median, milliseconds, type Row, timed, times } from "./ratio.ts";

const PULLS = 1000;
const ROUNDS = 4;
/** Requests under way at once, ours and bare. */
const WRITERS = 8;

/**
 * What a thousand pull requests cost on the test GitHub (in a process of its own), with what stands read beforehand as
 * the reconciler does; beside it the very same bodies sent with `fetch` and nothing else. Each round has a fresh server.
 */
export async function gitHubWrites(count = PULLS): Promise<readonly Row[]> {
  // The first run only records what is sent; then ours and bare in turn, each as often first.
  const { sent, base } = await openAll(count);
  const rounds: { readonly ours: number; readonly bare: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const early = round % 2 === 0 ? await sendAll(sent, base) : undefined;
    const { ours } = await openAll(count);
    rounds.push({ ours, bare: early ?? (await sendAll(sent, base)) });
  }
  const { opened, updated, unchanged } = await countWrites();
  const ratio = median(rounds.map(({ ours, bare }) => ours / bare));
  const bare = median(rounds.map((each) => each.bare));
  const ours = median(rounds.map((each) => each.ours));
  return [
    {
      what: "GitHub writes: new pull request; update; no-op",
      floor: "–",
      measured: `${opened}; ${updated}; ${unchanged}`,
      reach: "1; 1; 0",
    },
    {
      what: `${count.toLocaleString("en")} pull requests on the test GitHub`,
      floor: `the same requests sent bare: ${milliseconds(bare)}`,
      measured: `${times(ratio)} (${milliseconds(ours)})`,
      reach: "≤ 1.2 ×",
    },
  ];
}

interface Server {
  readonly url: string;
  readonly forge: GitHubForge;
  readonly base: Base;
  end(): Promise<void>;
}

const Told = z.object({ url: z.string(), appId: z.number(), privateKey: z.string(), installationId: z.number() });
const Requests = z.array(z.object({ method: z.string(), path: z.string(), body: z.string() }));

async function start(): Promise<Server> {
  const child = fork(join(import.meta.dirname, "github-server.ts"));
  const told = Told.parse(await new Promise((resolve) => child.once("message", resolve)));
  const { url, appId, privateKey, installationId } = told;
  const auth = { kind: "app", appId, privateKey, installationId } as const;
  const pacer = createPacer(UNPACED);
  const forge = createGitHubForge({ owner: "acme", name: "fleet", auth, baseUrl: url, pacer, concurrency: WRITERS });
  const { name, sha = "" } = await forge.defaultBranch();
  await forge.pullRequests([]);
  await fetch(`${url}/_test/requests`, { method: "DELETE" });
  return { url, forge, base: { branch: name, sha }, end: () => endOf(child) };
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.disconnect();
  });
}

async function openAll(
  count: number,
): Promise<{ readonly ours: number; readonly sent: readonly string[]; readonly base: Base }> {
  const { url, forge, base, end } = await start();
  const proposals = Array.from({ length: count }, (_, index) => proposalOf(index));
  const ours = await timed(async () => {
    await forge.pullRequests(proposals.map(({ branch }) => branch));
    await inTurns(proposals, (proposal) => forge.open(proposal, base));
  });
  const answer = await fetch(`${url}/_test/requests?bodies=1`);
  const sent = Requests.parse(await answer.json()).filter(({ path }) => path === "/graphql");
  await end();
  return { ours, sent: sent.map(({ body }) => body), base };
}

/** The same requests to a server of the same state: only the commit they stand on has another id. */
async function sendAll(sent: readonly string[], recorded: Base): Promise<number> {
  const { url, forge, base, end } = await start();
  const authorization = `token ${await forge.gitCredential()}`;
  const bodies = sent.map((body) => body.replaceAll(recorded.sha, base.sha));
  const reads = bodies.filter((body) => !body.includes("mutation("));
  const writes = bodies.filter((body) => body.includes("mutation("));
  const send = async (body: string): Promise<void> => {
    const headers = { authorization, "content-type": "application/json; charset=utf-8" };
    const response = await fetch(`${url}/graphql`, { method: "POST", headers, body });
    const text = await response.text();
    if (response.status !== 200 || text.includes('"errors"'))
      throw new Error(`a bare request was refused: ${text.slice(0, 300)}`);
  };
  const bare = await timed(async () => {
    await Promise.all(reads.map(send));
    await inTurns(writes, send);
  });
  await end();
  return bare;
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items.values();
  const writer = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}

/** Writes counted by the server: for a new pull request, for an update, and where nothing is to be done. */
async function countWrites(): Promise<{
  readonly opened: number;
  readonly updated: number;
  readonly unchanged: number;
}> {
  const { url, forge, base, end } = await start();
  const written = async (work: () => Promise<unknown>): Promise<number> => {
    await fetch(`${url}/_test/requests`, { method: "DELETE" });
    await work();
    const requests = Requests.parse(await (await fetch(`${url}/_test/requests?bodies=1`)).json());
    return requests.filter(
      ({ method, path, body }) => method !== "GET" && (path !== "/graphql" || body.includes("mutation(")),
    ).length;
  };
  const pulls: Awaited<ReturnType<GitHubForge["open"]>>[] = [];
  const opened = await written(async () => pulls.push(await forge.open(proposalOf(0), base)));
  const [pull] = pulls;
  if (pull === undefined) throw new Error("nothing was opened");
  const changed = proposalOf(0, "replicas: 2\n");
  const updated = await written(async () => pulls.push(await forge.update(pull, changed, base, false)));
  const unchanged = await written(() => forge.pullRequests([pull.branch]));
  await end();
  return { opened, updated, unchanged };
}

function proposalOf(index: number, text = "replicas: 1\n"): Proposal {
  const name = `agent-${String(index).padStart(4, "0")}`;
  const folder = `deploy/production/tenant-${index % 50}/${name}`;
  const values = `# Generated\n${"key: value\n".repeat(60)}${text}`;
  const files = ["values.yaml", "release.yaml", "kustomization.yaml"].map((file) => ({
    path: `${folder}/${file}`,
    before: undefined,
    text: values,
  }));
  const body = `## Deploy ${name}\n\n${"A line for the reviewer, with what changes and why.\n".repeat(60)}`;
  const cause = { kind: "drift", scope: { kind: "agent", agent: `tenant/${name}` } } as const;
  const marker = { cause, base: "", content: "", baseHash: "", text: "", edits: [] } as const;
  const branch = `raos/agent/tenant-${index % 50}/${name}`;
  const words = { branch, title: `Deploy ${name}`, body: `${body}${text}`, commitMessage: `Deploy ${name}` };
  return { ...words, labels: [], reviewers: [], files, marker, autoMerge: false };
}
