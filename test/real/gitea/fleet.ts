import type { GiteaAccount } from "./account.ts";

/** The path of the spec of the fleet's one agent. */
export const HELLO = "agents/acme/hello.yaml";

/** A fleet of one agent that was never deployed. */
export const SMALL_FLEET: Readonly<Record<string, string>> = {
  "raos.yaml": "apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: {environments: [{name: production}]}\n",
  "tenants/acme.yaml": "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: acme}\nspec: {}\n",
  [HELLO]: `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: hello, namespace: acme}
spec:
  description: Says hello
  instructions: {inline: Greet the user.}
  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
`,
};

/** The environment of a bot on a Gitea. */
export function botEnvironment({ url, token }: GiteaAccount): Readonly<Record<string, string>> {
  return { GITEA_URL: url, GITEA_TOKEN: token, WEBHOOK_SECRET: "long-enough-to-be-one" };
}
