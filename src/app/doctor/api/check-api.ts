import { type ApiSettings, apiSettings } from "../../service/api/api-settings.ts";
import { type Shell, UsageError } from "../../shell.ts";
import { githubHosts } from "../../world/forges/github-hosts.ts";
import { outboundFetch } from "../../world/outbound-fetch.ts";
import type { Check, Finding } from "../finding.ts";
import { cardFinding } from "./check-card.ts";
import { issuerFinding } from "./check-issuer.ts";

/** Whether programs may ask over MCP and A2A: at which address, who, and whether the keys that prove it can be read. */
export function apiChecks(shell: Shell): readonly Check[] {
  const read = settingsOf(shell);
  if (read.kind === "wrong")
    return [
      {
        name: "api",
        find: async () => [
          { check: "api", status: "failed", message: `${read.message}; raos serve does not start so`, fix: READ },
        ],
      },
    ];
  const { settings } = read;
  if (settings === undefined) return [{ name: "api", find: async () => [OFF] }];
  const send = outboundFetch(shell.env);
  return [
    { name: "api", find: async () => [addressFinding(settings, shell)] },
    ...settings.issuers.map((issuer) => {
      const name = `issuer ${issuer.environment}`;
      return { name, find: async () => [{ check: name, ...(await issuerFinding(issuer, send)) }] };
    }),
    { name: "api people", find: async () => [peopleFinding(settings, shell)] },
    { name: "api card", find: async () => [{ check: "api card", ...(await cardFinding(settings.cardKeyFile)) }] },
  ];
}

/** Issuers of environments that no repository has; nothing where no raos.yaml could be read. */
export function issuersWithoutEnvironment(shell: Shell, environments: readonly string[]): readonly Finding[] {
  const read = settingsOf(shell);
  if (read.kind === "wrong" || environments.length === 0) return [];
  const unknown = (read.settings?.issuers ?? []).filter(({ environment }) => !environments.includes(environment));
  return unknown.map(({ environment }) => ({
    ...{ check: `issuer ${environment}`, status: "warning" },
    message: `no raos.yaml has the environment ${environment}, so that its tokens prove nobody`,
    fix: `write one of these in AGENT_ISSUERS: ${[...new Set(environments)].slice(0, 20).join(", ")}`,
  }));
}

const READ = "docs/mcp.md says how it is written";

const OFF: Finding = {
  ...{ check: "api", status: "off", message: "nobody may ask over MCP or A2A" },
  fix: "set API_PEOPLE=github for people, AGENT_ISSUERS for agents, or API_TOKENS for a small set-up; in the chart, api.people, api.issuers, api.tokensSecret",
};

type Settings =
  | { readonly kind: "read"; readonly settings: ApiSettings | undefined }
  | { readonly kind: "wrong"; readonly message: string };

function settingsOf(shell: Shell): Settings {
  try {
    return { kind: "read", settings: apiSettings(shell) };
  } catch (error) {
    if (error instanceof UsageError) return { kind: "wrong", message: error.message };
    throw error;
  }
}

function addressFinding({ url, issuers, isForGitHubPeople }: ApiSettings, { env }: Shell): Finding {
  const who = [
    ...(isForGitHubPeople ? ["people by GitHub"] : []),
    ...(issuers.length > 0 ? [`agents of ${issuers.map(({ environment }) => environment).join(", ")}`] : []),
    ...((env.API_TOKENS ?? "") === "" ? [] : ["those whom API_TOKENS names"]),
  ].join(", ");
  if (url === undefined)
    return {
      ...{ check: "api", status: "warning", message: `only this machine may ask: API_URL is not set (${who})` },
      fix: "set API_URL (api.url in the chart) to the address that clients use, such as https://raos.acme.example",
    };
  const said = `MCP at ${url.origin}/mcp, A2A at ${url.origin}/a2a: ${who}`;
  const isPlain = url.protocol === "http:" && !["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  return isPlain
    ? {
        ...{ check: "api", status: "warning", message: `${said}; tokens go there unencrypted` },
        fix: "put TLS in front of it, and write https in API_URL",
      }
    : { check: "api", status: "ok", message: said };
}

function peopleFinding({ isForGitHubPeople }: ApiSettings, { env }: Shell): Finding {
  const check = "api people";
  return isForGitHubPeople
    ? { check, status: "ok", message: `their own tokens of GitHub, of which ${githubHosts(env)[0]?.api} is asked` }
    : {
        ...{ check, status: "off", message: "people may not use their tokens of GitHub" },
        fix: "set API_PEOPLE=github (api.people in the chart)",
      };
}
