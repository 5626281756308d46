import { expect, onTestFinished } from "vitest";
import type { Finding } from "../../../src/app/doctor/finding.ts";
import type { GitHubOptions } from "../../servers/github/server.ts";
import { type Fleet, fleetOnGitHub } from "../../servers/github/setup.ts";
import { raos } from "../../support/cli/raos.ts";
import { openWorkshop } from "../../support/git/repository.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** A repository that has nothing wrong, whose chart lies in it. */
export const FILES = {
  "raos.yaml": "apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: {environments: [{name: staging}]}\n",
  "charts/agent/Chart.yaml": "apiVersion: v2\nname: agent\nversion: 0.1.0\n",
  "tenants/support.yaml": "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: support}\nspec: {}\n",
} as const;

/** raos.yaml with this spec, in JSON. */
export function configOf(spec: object): string {
  return `${JSON.stringify({ apiVersion: "raos.dev/v1alpha1", kind: "Config", spec })}\n`;
}

/** What `raos doctor --output json` says; its exit code has to agree. */
export async function doctor(
  cwd: string,
  argv: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly Finding[]> {
  const { code, out, err } = await raos(cwd, ["doctor", "--output", "json", ...argv], env);
  expect(err).toBe("");
  const findings: readonly Finding[] = JSON.parse(out);
  expect(code).toBe(findings.some(({ status }) => status === "failed") ? 1 : 0);
  return findings;
}

/** What it says of a repository with this raos.yaml. */
export async function examined(spec: object, env: Readonly<Record<string, string>> = {}): Promise<readonly Finding[]> {
  const workshop = await openWorkshop("bare");
  onTestFinished(() => workshop.remove());
  await workshop.commit("main", { ...FILES, "raos.yaml": configOf(spec) });
  return doctor(temporaryFolder(), ["--repo", workshop.dir], env);
}

/** The findings of a check, by the first words of its name. */
export function of(findings: readonly Finding[], check: string): readonly Omit<Finding, "check">[] {
  return findings.filter((one) => `${one.check} `.startsWith(`${check} `)).map(({ check: _, ...rest }) => rest);
}

/** A fleet on the test GitHub, and the environment of its App. */
export async function appFleet(
  files: Readonly<Record<string, string>> | undefined = FILES,
  options: GitHubOptions = {},
): Promise<Fleet & { readonly env: Readonly<Record<string, string>> }> {
  const fleet = await fleetOnGitHub(files, options);
  onTestFinished(() => fleet.github.close());
  const { app } = fleet.github.world;
  const env = {
    ...{ APP_ID: String(app.id), PRIVATE_KEY: app.privateKey, WEBHOOK_SECRET: app.webhookSecret },
    ...{ GITHUB_SERVER_URL: fleet.github.url, GITHUB_API_URL: fleet.github.url },
  };
  return { ...fleet, env };
}
