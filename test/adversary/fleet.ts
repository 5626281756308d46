import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { withGenerated } from "../../bench/settled-fleet.ts";
import { agent, alert } from "../support/cli/alerting-fleet.ts";

/** Runs Git as a person would, without the machine's configuration. */
export function git(
  folder: string,
  args: readonly string[],
  input = "",
  env: Readonly<Record<string, string>> = {},
): string {
  return execFileSync("git", ["-C", folder, "-c", "user.name=Robin", "-c", "user.email=robin@example.com", ...args], {
    encoding: "utf8",
    input,
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", ...env },
  }).trim();
}

/** An agent whose memory in staging a rule may raise, and merge by itself where `autoMerge` says so. */
export function supervised(name: string, autoMerge: "low-risk" | "never"): string {
  return agent(name, {
    environments: "{staging: {runtime: {resources: {limits: {memory: 400Mi}}}}}",
    supervision: `{allowedPaths: [/spec/runtime/resources], autoMerge: ${autoMerge}}`,
  });
}

/** Agents of the tenant acme, and other files, with every generated file merged: path → text. */
export function fleetOf(
  agents: Readonly<Record<string, string>>,
  config = "",
  others: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const files = {
    "raos.yaml": `apiVersion: raos.dev/v1alpha1
kind: Config
spec:
  environments: [{name: staging, alerts: {cluster: s1}}, {name: production, alerts: {cluster: p1}}]
${config}`,
    "tenants/acme.yaml": "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: acme}\nspec: {}\n",
    ...Object.fromEntries(Object.entries(agents).map(([name, text]) => [`agents/acme/${name}.yaml`, text])),
    ...others,
  };
  return Object.fromEntries(withGenerated(new Map(Object.entries(files))));
}

/** A bare repository at `bare` whose main holds these files since an hour ago: alerts of today are about them. */
export function makeBare(bare: string, files: Readonly<Record<string, string>>): void {
  const work = `${bare}.work`;
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), text);
  }
  git(work, ["init", "--quiet", "--initial-branch=main"]);
  git(work, ["add", "."]);
  const date = new Date(Date.now() - 3_600_000).toISOString();
  const dates = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  git(work, ["commit", "--quiet", "--message=A fleet"], "", dates);
  execFileSync("git", ["clone", "--quiet", "--bare", work, bare]);
}

export function copyBare(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
}

/** The alert that memory ran out in staging, five minutes ago. */
export function outOfMemory(about: string, now = Date.now()): object {
  return alert("AgentOutOfMemory", about, { cluster: "s1" }, { startsAt: new Date(now - 300_000).toISOString() });
}

export const payloadOf = (alerts: readonly object[]): string =>
  JSON.stringify({ version: "4", truncatedAlerts: 0, alerts });

/** The branch of an agent's pull request about it. */
export const branchOf = (agentName: string): string => `raos/alert/acme/${agentName}/staging/out-of-memory`;
