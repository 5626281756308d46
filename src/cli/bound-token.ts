import { type Shell, UsageError } from "./shell.ts";

/**
 * A credential of the environment and the variable that says where it may be sent. Addresses in raos.yaml are written by whoever
 * may merge into a repository; the credential is the operator's.
 */
export interface TokenName {
  readonly token: "PROMETHEUS_TOKEN" | "LOKI_TOKEN" | "ALERTMANAGER_TOKEN" | "OPENAI_API_KEY";
  readonly address: "PROMETHEUS_URL" | "LOKI_URL" | "ALERTMANAGER_URL" | "OPENAI_BASE_URL";
  /** Where raos.yaml names the address, such as `prometheus.url`. */
  readonly field: string;
}

export const PROMETHEUS: TokenName = { token: "PROMETHEUS_TOKEN", address: "PROMETHEUS_URL", field: "prometheus.url" };
export const LOKI: TokenName = { token: "LOKI_TOKEN", address: "LOKI_URL", field: "loki.url" };
export const ALERTMANAGER: TokenName = {
  token: "ALERTMANAGER_TOKEN",
  address: "ALERTMANAGER_URL",
  field: "alertmanager.url",
};
export const OPENAI: TokenName = { token: "OPENAI_API_KEY", address: "OPENAI_BASE_URL", field: "model.endpoint" };

/** What may be sent to an address: nothing is set, the token, or nothing at all and no request either. */
export type BoundToken =
  | { readonly kind: "none" }
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "withheld"; readonly message: string };

/**
 * The token for an address that raos.yaml names: only where the operator's environment names the same scheme, host and port
 * (several, separated by commas), or it is one of `home`. Elsewhere nobody is asked, with or without it. The message says what
 * to set, and names no address. Throws UsageError where the variable holds no address.
 */
export function boundToken(
  env: Shell["env"],
  name: TokenName,
  address: string,
  home: readonly string[] = [],
): BoundToken {
  const token = env[name.token];
  if (token === undefined || token === "") return { kind: "none" };
  const origins = [...originsIn(env, name), ...home];
  if (URL.canParse(address) && origins.includes(new URL(address).origin)) return { kind: "token", token };
  const { token: what, address: where, field } = name;
  return {
    kind: "withheld",
    message:
      env[where] === undefined || env[where] === ""
        ? `${what} is sent only where the environment says so: set ${where} to the address that ${field} in raos.yaml names`
        : `${what} is sent only to the host of ${where}, and ${field} in raos.yaml names another`,
  };
}

/** Reads every variable that binds a token, so that a mistake is said at the start. Throws UsageError. */
export function assertTokenAddresses(env: Shell["env"]): void {
  for (const name of [PROMETHEUS, LOKI, ALERTMANAGER, OPENAI]) originsIn(env, name);
}

function originsIn(env: Shell["env"], { address }: TokenName): readonly string[] {
  const listed = (env[address] ?? "").split(",").map((part) => part.trim());
  return listed.filter((part) => part !== "").map((part) => originOf(part, address));
}

function originOf(text: string, name: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || `${url.username}${url.password}` !== "")
    throw new UsageError(`${name} holds what is no http(s) address without credentials; write https://host:port`);
  return url.origin;
}
