import type { SignIn } from "../../domain/values/authorization.ts";
import type { Withheld } from "../../observe/create-evidence-reader.ts";
import type { SourceFetch } from "../../observe/read-options.ts";
import type { Shell } from "../shell.ts";
import { type BoundToken, boundToken, type SourceFiles, type TokenName } from "./bound-token.ts";
import { proxiesIn } from "./outbound-fetch.ts";
import { sourceFetch } from "./sources/source-fetch.ts";
import { createFileReader, headersIn } from "./sources/source-files.ts";

/** What a request to a source is sent with now. */
export interface SourceAccess extends SignIn {
  readonly headers: Readonly<Record<string, string>>;
  /** Left out: the global one. */
  readonly fetch: SourceFetch | undefined;
}

/**
 * The function that gives what a request to an address may be sent with: credential, headers, certificates and proxy of the
 * environment. Files are read again when they change. It never throws; where something must not be sent, or cannot be read, it
 * says which variable is why. Throws UsageError where the variables themselves are wrong.
 */
export function sourceAccess(
  { env }: Pick<Shell, "env">,
  names: TokenName,
  address: string,
): () => Promise<SourceAccess | Withheld> {
  const bound = boundToken(env, names, address);
  const proxies = proxiesIn(env);
  const read = createFileReader();
  let sender: { readonly key: string; readonly fetch: SourceFetch | undefined } | undefined;
  return async () => {
    if (bound.kind === "withheld") return { withheld: bound.message };
    const files = await readFiles(env, names, read);
    if ("withheld" in files) return files;
    const { ca, cert, key } = files;
    const stamp = JSON.stringify([ca, cert, key]);
    if (sender?.key !== stamp) sender = { key: stamp, fetch: sourceFetch(address, { ca, cert, key }, proxies) };
    const signIn = signInWith(bound, files);
    const extra = headersIn(files.headers ?? "");
    if ("problem" in extra) return { withheld: `${names.files?.headers} ${extra.problem}` };
    return "withheld" in signIn ? signIn : { ...signIn, headers: extra.headers, fetch: sender.fetch };
  };
}

type Texts = SourceFiles<string | undefined>;

/** The contents of every file that the environment names; the first that cannot be read says so. */
async function readFiles(
  env: Shell["env"],
  { files }: TokenName,
  read: ReturnType<typeof createFileReader>,
): Promise<Texts | Withheld> {
  const text = async (name: string | undefined) => {
    const path = name === undefined ? "" : (env[name] ?? "");
    if (path === "") return undefined;
    const found = await read(path);
    return "problem" in found ? { withheld: `the file that ${name} names ${found.problem}` } : found.text;
  };
  const [token, password, headers, ca, cert, key] = await Promise.all([
    ...[text(files?.token), text(files?.password), text(files?.headers)],
    ...[text(files?.ca), text(files?.cert), text(files?.key)],
  ]);
  const failed = [token, password, headers, ca, cert, key].find((one) => typeof one === "object");
  if (typeof failed === "object") return failed;
  const known = (one: typeof token) => (typeof one === "string" ? one : undefined);
  return {
    ...{ token: known(token), password: known(password), headers: known(headers) },
    ...{ ca: known(ca), cert: known(cert), key: known(key) },
  };
}

function signInWith(bound: Exclude<BoundToken, { readonly kind: "withheld" }>, files: Texts): SignIn | Withheld {
  switch (bound.kind) {
    case "none":
      return {};
    case "token":
      return { bearer: bound.token };
    case "basic":
      return { basic: { username: bound.username, password: bound.password } };
    case "token-file": {
      const token = lineOf(files.token);
      return token === undefined ? { withheld: "the token's file does not hold one token" } : { bearer: token };
    }
    case "basic-file": {
      const { username } = bound;
      const password = lineOf(files.password);
      return password === undefined
        ? { withheld: "the password's file does not hold one line" }
        : { basic: { username, password } };
    }
    default:
      return bound satisfies never;
  }
}

/** The only line of a file; undefined where it has none, or several. */
function lineOf(text: string | undefined): string | undefined {
  const line = text?.replace(/[\r\n]{1,4}$/, "") ?? "";
  return line === "" || /\p{Cc}/u.test(line) ? undefined : line;
}
