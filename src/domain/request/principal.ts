import type { AgentKey } from "../fleet.ts";
import { isAgentKey } from "../review/hold.ts";

/**
 * Who asks, as the forge or a signed token proves it; what a message says about its sender is never believed. `chain`: who acts for
 * an agent, the present actor first (RFC 8693, `act`); recorded, and never a reason to allow more.
 */
export type Principal =
  | { readonly kind: "person"; readonly login: string }
  | {
      readonly kind: "agent";
      readonly agent: AgentKey;
      readonly environment: string;
      readonly chain: readonly string[];
    };

/** A forge's login: GitHub's are at most 39 characters, Gitea's 40; bots end in [bot]. */
const LOGIN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}(\[bot\])?$/;
const ENVIRONMENT = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** `person:<login>`, or `agent:<tenant>/<name>@<environment>`. */
export function principalText(principal: Principal): string {
  return principal.kind === "person"
    ? `person:${principal.login}`
    : `agent:${principal.agent}@${principal.environment}`;
}

/** The principal of such a text, without a chain; undefined for any other text. */
export function readPrincipal(text: string): Principal | undefined {
  if (text.length > 256) return undefined;
  const person = text.startsWith("person:") ? text.slice("person:".length) : undefined;
  if (person !== undefined) return LOGIN.test(person) ? { kind: "person", login: person } : undefined;
  const [agent = "", environment = "", ...more] = text.startsWith("agent:")
    ? text.slice("agent:".length).split("@")
    : [];
  if (more.length > 0 || !isAgentKey(agent) || !ENVIRONMENT.test(environment)) return undefined;
  return { kind: "agent", agent, environment, chain: [] };
}
