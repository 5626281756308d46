import { describe, expect, it } from "vitest";
import { proposalFor } from "../../support/forge/proposal.ts";
import { counted, fault, pullsOf, start } from "./start.ts";

const REFUSED = { code: "unauthorized" };

describe("an installation's token that ends before its time", () => {
  it("is requested again, once, by many at once; and Git is given the new one", async () => {
    const at = await start();
    const first = await at.forge.gitCredential();
    at.github.world.tokens.delete(first);
    counted(at);
    await Promise.all(Array.from({ length: 8 }, (_, index) => at.forge.pull(index + 1)));
    expect(at.github.requests.filter(({ path }) => path.endsWith("/access_tokens"))).toHaveLength(1);
    expect((await at.forge.pullRequests([])).complete).toBe(true);
    expect(await at.forge.gitCredential()).not.toBe(first);
  });

  it("is requested again by a write, which happens once", async () => {
    const at = await start();
    await at.forge.pullRequests(["raos/agent/acme/a"]);
    fault(at, { kind: "expired-token", body: "createPullRequest" });
    await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    expect(pullsOf(at)).toMatchObject([{ number: 1, state: "OPEN" }]);
  });

  it("an answer without a token, such as a page for people, is no token for an hour", async () => {
    const at = await start();
    const forge = at.connect();
    fault(at, { kind: "html", route: "/access_tokens" });
    expect((await forge.pullRequests([])).complete).toBe(true);
  });

  it("one that is refused again is an error that says so, and no loop", async () => {
    const at = await start();
    fault(at, { kind: "expired-token", times: 1000, body: "query" });
    await expect(at.forge.pullRequests([])).rejects.toMatchObject(REFUSED);
    expect(at.github.requests.filter(({ path }) => path.endsWith("/access_tokens")).length).toBeLessThan(4);
  });
});
