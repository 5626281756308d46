import fc from "fast-check";
import { expect, test } from "vitest";
import { callTool } from "../../src/api/call-tool.ts";
import { TOOLS } from "../../src/api/tools.ts";
import { lackedByBody } from "../../src/app/service/api/require-scope.ts";
import type { Caller } from "../../src/identity/caller.ts";
import { type ApiScope, holdsScope, scopesOfClaims, scopesOfGitHub } from "../../src/identity/scopes.ts";

function callerWith(scopes: readonly ApiScope[]): Caller {
  const scoped = { kind: "scoped", scopes } as const;
  return { kind: "principal", principal: { kind: "person", login: "robin" }, trusted: true, scopes: scoped };
}

/** Repositories that say whether a tool came as far as asking for one. */
function watchedRepositories() {
  const watched = { reached: false };
  const reach = () => {
    watched.reached = true;
    throw new Error("reached");
  };
  return { watched, repositories: { names: reach, use: reach, draft: reach } };
}

const scopeLists = fc.subarray<ApiScope>(["raos:read", "raos:write"]);
const tools = fc.constantFrom(...TOOLS);
const args = fc.oneof(
  fc.constantFrom<unknown>({}, { agent: "acme/triage" }, { agent: "acme/triage", words: "x" }, { words: "x" }),
  fc.constantFrom<unknown>({ agent: "acme/triage", edits: [{ pointer: "/spec/description", value: "x", why: "x" }] }),
  fc.constantFrom<unknown>({ tenant: "acme", name: "x", template: "helper" }),
  fc.jsonValue(),
);

test("a caller never reaches a tool whose scope their credential does not hold", async () => {
  await fc.assert(
    fc.asyncProperty(scopeLists, tools, args, async (scopes, tool, input) => {
      const { watched, repositories } = watchedRepositories();
      const context = { caller: callerWith(scopes), repositories, begun: repositories.names };
      const result = await callTool(tool, input, context, () => {});
      const isRefused = result.kind === "refused" && result.reason === "insufficient-scope";
      expect(isRefused).toBe(!scopes.includes(tool.scope));
      if (isRefused) expect(watched.reached).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test("a body that calls a tool beyond the scopes is refused, wherever among its messages the call is", () => {
  const calls = tools.map(({ name }) => ({ method: "tools/call", params: { name } }));
  const bodies = fc.array(fc.oneof(calls, fc.jsonValue()), { maxLength: 6 });
  fc.assert(
    fc.property(scopeLists, bodies, tools, fc.nat(6), (scopes, messages, tool, at) => {
      const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: tool.name, arguments: {} } };
      const body = JSON.stringify(messages.toSpliced(at, 0, call));
      const lacked = lackedByBody(body, callerWith(scopes), TOOLS);
      if (!scopes.includes(tool.scope)) expect(lacked).toBeDefined();
      if (lacked !== undefined) expect(scopes).not.toContain(lacked);
    }),
  );
});

test("a token that carries scopes holds none that it does not name, whatever shape its claims have", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (scope, scp) => {
      const held = scopesOfClaims({ scope, scp });
      expect(held.kind).toBe("scoped");
      const text = JSON.stringify([scope, scp]);
      for (const one of ["raos:read", "raos:write"] as const) if (holdsScope(held, one)) expect(text).toContain(one);
    }),
  );
});

const CLASSIC = `ghp_${"a1B2".repeat(9)}`;

test.each([
  [CLASSIC, "gist, repo", ["raos:read", "raos:write"]],
  [CLASSIC, "public_repo", ["raos:read", "raos:write"]],
  [CLASSIC, "read:org, repo:status", ["raos:read"]],
  [CLASSIC, "", ["raos:read"]],
  [`gho_${"a1B2".repeat(9)}`, null, ["raos:read"]],
])("the token %s of GitHub with the scopes %s holds %o", (token, header, scopes) => {
  expect(scopesOfGitHub(token, header)).toEqual({ kind: "scoped", scopes });
});

test.each([`github_pat_${"a".repeat(40)}`, `ghu_${"a".repeat(36)}`])("%s of GitHub has no scopes", (token) => {
  expect(scopesOfGitHub(token, "")).toEqual({ kind: "unscoped" });
});
