import { type PushHost, readPushHosts } from "../../../domain/network/push-target.ts";
import { readApiTokens, type TokenOwner } from "../../../identity/api-tokens.ts";
import { type Issuer, readIssuers } from "../../../identity/issuers.ts";
import { type Shell, UsageError } from "../../shell.ts";

/** Who may use the API, and under which address. */
export interface ApiSettings {
  readonly tokens: TokenOwner;
  readonly issuers: readonly Issuer[];
  /** Whether people may use their tokens of GitHub. */
  readonly isForGitHubPeople: boolean;
  /** The public address, without a path; undefined: only this machine may ask. */
  readonly url: URL | undefined;
  /** The private key, in PEM, that signs the A2A card; undefined: it is not signed. */
  readonly cardKeyFile: string | undefined;
  /** Hosts that may be told of tasks, although they are private. */
  readonly pushHosts: readonly PushHost[];
}

/**
 * The settings of the API from the environment; undefined where nobody may use it. Throws UsageError where a variable is wrong, so that
 * a service never starts with fewer doors locked than was meant.
 */
export function apiSettings({ env }: Pick<Shell, "env">): ApiSettings | undefined {
  const {
    API_TOKENS = "",
    AGENT_ISSUERS = "",
    API_PEOPLE = "",
    API_URL = "",
    CARD_KEY_FILE = "",
    PUSH_HOSTS = "",
  } = env;
  const tokens = readApiTokens(API_TOKENS);
  if ("wrong" in tokens) throw new UsageError(`API_TOKENS: ${tokens.wrong}`);
  const issuers = readIssuers(AGENT_ISSUERS);
  if ("wrong" in issuers) throw new UsageError(`AGENT_ISSUERS: ${issuers.wrong}`);
  const push = readPushHosts(PUSH_HOSTS);
  if ("wrong" in push) throw new UsageError(`PUSH_HOSTS: ${push.wrong}`);
  if (API_PEOPLE !== "" && API_PEOPLE !== "github") throw new UsageError("API_PEOPLE: write github, or leave it out");
  const url = addressIn(API_URL);
  if (API_TOKENS === "" && AGENT_ISSUERS === "" && API_PEOPLE === "") return undefined;
  return {
    tokens: tokens.owner,
    issuers: issuers.issuers,
    isForGitHubPeople: API_PEOPLE === "github",
    url,
    cardKeyFile: CARD_KEY_FILE || undefined,
    pushHosts: push.hosts,
  };
}

function addressIn(text: string): URL | undefined {
  if (text === "") return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "";
  if (!isPlain || url.username !== "")
    throw new UsageError("API_URL: write an address without a path, such as https://raos.acme.example");
  return url;
}
