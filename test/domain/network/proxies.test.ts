import { expect, test } from "vitest";
import { connectionFailure } from "../../../src/domain/network/connection-failure.ts";
import { proxyFor, readProxies } from "../../../src/domain/network/proxies.ts";

const PROXY = "http://proxy.example:3128";

/** The proxy for an address in this environment. */
function proxyIn(env: Readonly<Record<string, string>>, address: string): string | undefined {
  const proxies = readProxies(env);
  return "problem" in proxies ? proxies.problem : proxyFor(address, proxies);
}

test.each([
  [{ HTTPS_PROXY: PROXY }, "https://api.github.com/x", PROXY],
  [{ https_proxy: PROXY }, "https://api.github.com", PROXY],
  [{ https_proxy: PROXY, HTTPS_PROXY: "http://other" }, "https://api.github.com", PROXY],
  [{ HTTPS_PROXY: PROXY }, "http://prometheus.example", undefined],
  [{ HTTP_PROXY: PROXY }, "http://prometheus.example", PROXY],
  [{ ALL_PROXY: PROXY }, "https://api.github.com", PROXY],
  [{ all_proxy: "socks5://localhost:1080", https_proxy: PROXY }, "https://api.github.com", PROXY],
  [{ all_proxy: "socks5://localhost:1080" }, "https://api.github.com", undefined],
  [{ HTTPS_PROXY: PROXY }, "https://localhost:6443", undefined],
  [{ HTTPS_PROXY: PROXY }, "https://127.0.0.1", undefined],
  [{ HTTPS_PROXY: PROXY }, "https://[::1]:6443", undefined],
  [{ HTTPS_PROXY: PROXY }, "no address", undefined],
  [
    { HTTPS_PROXY: "proxy.example:3128" },
    "https://a.example",
    "HTTPS_PROXY is not an http(s) address; write http://proxy.acme.example:3128",
  ],
])("%o: %s is reached through %s", (env, address, proxy) => {
  expect(proxyIn(env, address)).toBe(proxy);
});

test.each([
  ["*", "https://a.example", true],
  ["acme.example", "https://acme.example", true],
  ["acme.example", "https://git.acme.example", true],
  [".acme.example", "https://git.acme.example", true],
  ["*.acme.example", "https://git.acme.example", true],
  ["x, Acme.Example", "https://git.ACME.example.", true],
  ["acme.example", "https://notacme.example", false],
  ["acme.example:8443", "https://acme.example:8443", true],
  ["acme.example:443", "https://acme.example", true],
  ["acme.example:8443", "https://acme.example", false],
  ["10.0.0.0/8", "https://10.96.0.1", true],
  ["10.0.0.0/8", "https://11.0.0.1", false],
  ["10.96.0.0/12", "https://10.112.0.1", false],
  ["10.96.0.1", "https://10.96.0.1:6443", true],
  ["10.0.0.0/33", "https://10.0.0.0", false],
  ["10.0.0.0/x", "https://10.0.0.0", false],
  ["fd00::/8", "https://[fd12:3456::1]", true],
  ["fd00::/8", "https://[fe80::1]", false],
  ["[fd00::1]:6443", "https://[fd00::1]:6443", true],
  ["10.0.0.0/8", "https://a.example", false],
  ["", "https://a.example", false],
  [" , ,", "https://a.example", false],
])("NO_PROXY %s excepts %s: %s", (no, address, isExcepted) => {
  expect(proxyIn({ HTTPS_PROXY: PROXY, NO_PROXY: no }, address)).toBe(isExcepted ? undefined : PROXY);
});

const failed = (fields: object, message = "") =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(message), fields) });
test.each([
  [failed({ code: "ENOTFOUND", hostname: "git.example" }), "the name git.example cannot be resolved (ENOTFOUND)"],
  [failed({ code: "ENOTFOUND", hostname: "<b>" }), "its name cannot be resolved (ENOTFOUND)"],
  [failed({ code: "ECONNREFUSED", address: "::1", port: 9 }), "::1 refuses the connection to port 9 (ECONNREFUSED)"],
  [failed({ code: "UND_ERR_CONNECT_TIMEOUT" }), "the connection was not made in time (UND_ERR_CONNECT_TIMEOUT)"],
  [
    failed({ code: "SELF_SIGNED_CERT_IN_CHAIN" }),
    "its TLS certificate is not accepted; NODE_EXTRA_CA_CERTS may name the file of your CA (SELF_SIGNED_CERT_IN_CHAIN)",
  ],
  [failed({ code: "ERR_SSL_WRONG_VERSION_NUMBER" }), "TLS failed (ERR_SSL_WRONG_VERSION_NUMBER)"],
  [failed({ code: "UND_ERR_ABORTED" }, "Proxy response (403) !== 200 when HTTP Tunneling"), "the proxy answered 403"],
  [
    new AggregateError([Object.assign(new Error(), { code: "ETIMEDOUT" })]),
    "the connection was not made in time (ETIMEDOUT)",
  ],
  [new Error("https://user:password@host", { cause: "x" }), undefined],
  ["text", undefined],
])("%s is said as: %s", (error, clause) => {
  expect(connectionFailure(error)).toBe(clause);
});
