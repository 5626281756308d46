import { join } from "node:path";
import { git, makeBare } from "../../adversary/fleet.ts";
import { type Served, serve } from "../cli/serve.ts";
import { ACME, triage } from "../specs/acme-fleet.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** Tokens of people and agents, as `API_TOKENS` has them. */
export const TOKENS = {
  robin: "token-of-robin-0123456789",
  triage: "token-of-triage-0123456789",
  gone: "token-of-an-agent-that-is-gone",
} as const;

const OWNERS = {
  [TOKENS.robin]: "person:robin",
  [TOKENS.triage]: "agent:acme/triage@production",
  [TOKENS.gone]: "agent:acme/gone@production",
};

/** An agent of the tenant `tenant`. */
export function agentOf(tenant: string, name: string, fields: Readonly<Record<string, string>> = {}): string {
  return triage(fields).replace("name: triage, namespace: acme", `name: ${name}, namespace: ${tenant}`);
}

const TENANT = "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: other}\nspec: {}\n";

/** Two agents of acme, and one of the tenant other that triage may not see. */
export const FLEET: Readonly<Record<string, string>> = {
  ...ACME,
  "tenants/other.yaml": TENANT,
  "agents/acme/triage.yaml": triage(),
  "agents/acme/billing.yaml": agentOf("acme", "billing", { description: "Bills" }),
  "agents/other/secretive.yaml": agentOf("other", "secretive"),
};

/** `raos serve` of a bare repository with the API on, and the repository's folder. */
export async function serveFleet(
  files: Readonly<Record<string, string>> = FLEET,
  env: Readonly<Record<string, string>> = {},
): Promise<Served & { readonly bare: string }> {
  const bare = join(temporaryFolder(), "fleet.git");
  makeBare(bare, files);
  const served = await serve(["--repo", bare], { API_TOKENS: JSON.stringify(OWNERS), ...env });
  return { ...served, bare };
}

/** The branches of pull requests. */
export function branchesOf(bare: string): readonly string[] {
  const said = git(bare, ["for-each-ref", "--format=%(refname:short)", "refs/heads/raos"]).trim();
  return said === "" ? [] : said.split("\n");
}
