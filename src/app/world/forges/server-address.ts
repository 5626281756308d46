import { type Shell, UsageError } from "../../shell.ts";

/**
 * The address of a server in a variable; undefined where it is not set. Throws UsageError, which holds no value, where it is no
 * https address (http is accepted for this machine only). `example` is what to write.
 */
export function serverAddressIn(env: Shell["env"], name: string, example: string): URL | undefined {
  const text = env[name];
  if (text === undefined || text === "") return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (url === undefined || !isSafe || `${url.username}${url.password}${url.search}${url.hash}` !== "")
    throw new UsageError(`${name} is no https:// address without credentials; write ${example}`);
  return url;
}

/** Whether a host is this machine. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
