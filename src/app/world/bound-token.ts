import type { BasicAuth } from "../../domain/values/authorization.ts";
import { type Shell, UsageError } from "../shell.ts";

/**
 * A credential of the environment and the variable that says where it may be sent. Addresses in raos.yaml are written by whoever
 * may merge into a repository; the credential is the operator's.
 */
export interface TokenName {
  readonly token: string;
  readonly address: string;
  /** Where raos.yaml names the address, such as `prometheus.url`. */
  readonly field: string;
  /** What may be set in place of the token. */
  readonly basic?: { readonly username: string; readonly password: string };
  /** Variables that name files, whose contents may change while RAOS runs. */
  readonly files?: SourceFiles<string>;
}

/** One value for each file that belongs to a source. */
export interface SourceFiles<T> {
  readonly token: T;
  readonly password: T;
  /** Further headers, one a line. */
  readonly headers: T;
  /** Certificates that are trusted in place of the machine's own. */
  readonly ca: T;
  /** A client certificate, and its key. */
  readonly cert: T;
  readonly key: T;
}

type Source = "PROMETHEUS" | "LOKI" | "ALERTMANAGER";

export const PROMETHEUS: TokenName = namesOfSource("PROMETHEUS", "");
export const LOKI: TokenName = namesOfSource("LOKI", "");
export const ALERTMANAGER: TokenName = namesOfSource("ALERTMANAGER", "");
export const OPENAI: TokenName = { token: "OPENAI_API_KEY", address: "OPENAI_BASE_URL", field: "model.endpoint" };

function namesOfSource(source: Source, suffix: string): TokenName {
  const variable = (what: string) => `${source}_${what}${suffix}`;
  return {
    token: variable("TOKEN"),
    address: variable("URL"),
    field: `${source.toLowerCase()}.url`,
    basic: { username: variable("USERNAME"), password: variable("PASSWORD") },
    files: {
      token: variable("TOKEN_FILE"),
      password: variable("PASSWORD_FILE"),
      headers: variable("HEADERS_FILE"),
      ca: variable("CA_FILE"),
      cert: variable("CERT_FILE"),
      key: variable("KEY_FILE"),
    },
  };
}

/**
 * The variables of a source for one environment: those that end in two underscores and its name, such as
 * `PROMETHEUS_TOKEN__STAGING`, where one of them is set, and else those without. The two are never mixed.
 */
export function namesFor(env: Shell["env"], source: Source, environment: string): TokenName {
  const own = namesOfSource(source, `__${environment.toUpperCase().replaceAll("-", "_")}`);
  return variablesOf(own).some((name) => (env[name] ?? "") !== "") ? own : namesOfSource(source, "");
}

function variablesOf({ token, address, basic, files }: TokenName): readonly string[] {
  return [token, address, ...Object.values(basic ?? {}), ...Object.values(files ?? {})];
}

type Credential =
  | { readonly kind: "token"; readonly token: string }
  | ({ readonly kind: "basic" } & BasicAuth)
  /** The token, or the password, is in a file. */
  | { readonly kind: "token-file"; readonly file: string }
  | { readonly kind: "basic-file"; readonly username: string; readonly file: string }
  | { readonly kind: "none" };

/** What may be sent to an address: no credential is set, the credential, or neither a credential nor a request. */
export type BoundToken = Credential | { readonly kind: "withheld"; readonly message: string };

/**
 * The credential for an address that raos.yaml names. The address must have the scheme, host and port of an address in the
 * operator's variable (several are separated by commas) or in `home`; no request is sent to any other address. The message
 * says what to set, and names no address. Throws UsageError where a variable holds no address, or the credential is not clear.
 */
export function boundToken(
  env: Shell["env"],
  name: TokenName,
  address: string,
  home: readonly string[] = [],
): BoundToken {
  const credential = credentialIn(env, name);
  const secret = secretIn(env, name, credential);
  if (secret === undefined) return credential;
  const origins = [...originsIn(env, name), ...home];
  if (URL.canParse(address) && origins.includes(new URL(address).origin)) return credential;
  const { address: where, field } = name;
  return {
    kind: "withheld",
    message:
      env[where] === undefined || env[where] === ""
        ? `${secret} is sent only where the environment says so: set ${where} to the address that ${field} in raos.yaml names`
        : `${secret} is sent only to the host of ${where}, and ${field} in raos.yaml names another`,
  };
}

/** The variable of what must not go to any other address; undefined where there is no such thing. */
function secretIn(env: Shell["env"], { token, basic, files }: TokenName, { kind }: Credential): string | undefined {
  switch (kind) {
    case "token":
      return token;
    case "basic":
      return basic?.password ?? token;
    case "token-file":
      return files?.token;
    case "basic-file":
      return files?.password;
    case "none":
      return [files?.headers, files?.cert].find((one) => one !== undefined && (env[one] ?? "") !== "");
    default:
      return kind satisfies never;
  }
}

/** Reads every variable of a credential and its addresses, so that a mistake is reported at the start. Throws UsageError. */
export function assertTokenAddresses(env: Shell["env"]): void {
  const suffixes = new Set(
    Object.keys(env).map((key) => /^[A-Z]{4,12}_[A-Z_]{3,13}?(__[A-Z0-9_]{1,63})$/.exec(key)?.[1] ?? ""),
  );
  const sources: readonly Source[] = ["PROMETHEUS", "LOKI", "ALERTMANAGER"];
  const own = [...suffixes].flatMap((suffix) => sources.map((source) => namesOfSource(source, suffix)));
  for (const name of [PROMETHEUS, LOKI, ALERTMANAGER, OPENAI, ...own]) {
    originsIn(env, name);
    credentialIn(env, name);
    assertPair(env, name);
  }
}

/** The token, or the username with its password. Throws UsageError, which holds no value, unless it is clear which of them. */
function credentialIn(env: Shell["env"], { token: tokenName, basic, files }: TokenName): Credential {
  const token = env[tokenName] ?? "";
  if (basic === undefined || files === undefined) return token === "" ? { kind: "none" } : { kind: "token", token };
  const [username, password] = [env[basic.username] ?? "", env[basic.password] ?? ""];
  const [tokenFile, passwordFile] = [env[files.token] ?? "", env[files.password] ?? ""];
  assertOne([tokenName, token], [files.token, tokenFile]);
  assertOne([basic.password, password], [files.password, passwordFile]);
  if (username === "" && password === "" && passwordFile === "") {
    if (tokenFile !== "") return { kind: "token-file", file: tokenFile };
    return token === "" ? { kind: "none" } : { kind: "token", token };
  }
  // Grafana Cloud calls the password a token: who sets both to the same text has said one thing.
  const other = token !== "" && token === password && username !== "" ? "" : token;
  const tokenIn = other === "" ? ([files.token, tokenFile] as const) : ([tokenName, other] as const);
  const passwordIn =
    passwordFile === "" ? ([basic.password, password] as const) : ([files.password, passwordFile] as const);
  assertOneCredential(tokenIn, [basic.username, username], passwordIn);
  return passwordFile === ""
    ? { kind: "basic", username, password }
    : { kind: "basic-file", username, file: passwordFile };
}

/** A variable, and its value. */
type Setting = readonly [name: string, value: string];

function assertOne([one, value]: Setting, [other, file]: Setting): void {
  if (value !== "" && file !== "") throw new UsageError(`${one} and ${other} are set; remove one of them`);
}

function assertPair(env: Shell["env"], { files }: TokenName): void {
  if (files === undefined) return;
  const isSet = (name: string) => (env[name] ?? "") !== "";
  if (isSet(files.cert) === isSet(files.key)) return;
  const [one, other] = isSet(files.cert) ? [files.cert, files.key] : [files.key, files.cert];
  throw new UsageError(`${one} is set without ${other}; set both, or remove ${one}`);
}

function assertOneCredential([tokenName, token]: Setting, [user, username]: Setting, [pass, password]: Setting): void {
  if (token !== "") {
    const others = [username === "" ? "" : user, password === "" ? "" : pass].filter((one) => one !== "").join(" and ");
    throw new UsageError(
      `${tokenName} and ${others} are set, and a request has one credential; remove ${tokenName} to send username and password, or remove ${others} to send the token`,
    );
  }
  if (password === "") throw new UsageError(`${user} is set without ${pass}; set both, or remove ${user}`);
  if (username === "") throw new UsageError(`${pass} is set without ${user}; set both, or remove ${pass}`);
  // What RFC 7617 excludes. A file that ends in a line end is the usual reason.
  if (username.includes(":")) throw new UsageError(`${user} holds a colon, which ends a username; remove it`);
  for (const [name, value] of [
    [user, username],
    [pass, password],
  ])
    if (/\p{Cc}/u.test(value ?? ""))
      throw new UsageError(`${name} holds a control character, such as a line end; remove it`);
}

function originsIn(env: Shell["env"], { address }: TokenName): readonly string[] {
  const listed = (env[address] ?? "").split(",").map((part) => part.trim());
  return listed.filter((part) => part !== "").map((part) => originOf(part, address));
}

function originOf(text: string, name: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || `${url.username}${url.password}` !== "")
    throw new UsageError(
      `${name} holds an entry that is not an http(s) address without credentials; write https://host:port`,
    );
  return url.origin;
}
