import { afterEach } from "vitest";
import type { Base } from "../../../src/forge/forge.ts";
import type { Fault } from "../../servers/github/faults/faults.ts";
import { readFault } from "../../servers/github/faults/faults.ts";
import type { GitHubOptions } from "../../servers/github/server.ts";
import { type Fleet, fleetOnGitHub } from "../../servers/github/setup.ts";
import { pullRequest } from "../../support/forge/pull-request.ts";

export const FILES = { "deploy/a.yaml": "a: 1\n", "deploy/b.yaml": "b: 1\n", "README.md": "The fleet\n" };
export const open: Fleet[] = [];
afterEach(async () => {
  for (const fleet of open.splice(0)) await fleet.github.close();
});

export async function start(options: GitHubOptions = {}) {
  const fleet = await fleetOnGitHub(FILES, options);
  open.push(fleet);
  const forge = fleet.forge();
  const { name, sha } = await forge.defaultBranch();
  if (sha === undefined) throw new Error("no head");
  const base: Base = { branch: name, sha };
  // Whatever is asked once (token, repository, schema) is asked now, so that the rest can be counted.
  await forge.pull(1);
  await forge.close(pullRequest({ number: 0, id: "PR_", branch: "raos/nobody" }), "").catch(() => {});
  fleet.github.requests.splice(0);
  return { ...fleet, connect: fleet.forge, forge, base };
}

export type Started = Awaited<ReturnType<typeof start>>;

/** What was sent since the last count: writes and reads. */
export function counted({ github }: Started): { readonly writes: number; readonly reads: number } {
  const sent = github.requests.splice(0);
  const writes = sent.filter(({ method, body }) => method !== "GET" && !/"query":"\s*query/.test(body)).length;
  return { writes, reads: sent.length - writes };
}

export function fault({ github }: Started, wanted: Partial<Fault>): void {
  github.faults.push(readFault({ ...wanted }));
}

export function pullsOf({ repository }: Started) {
  return [...repository.pulls.values()].map(({ number, state, headRef, title }) => ({ number, state, headRef, title }));
}

export async function file({ repository }: Started, revision: string, path: string): Promise<string | undefined> {
  return (await repository.git.object(`${revision}:${path}`))?.bytes.toString();
}
