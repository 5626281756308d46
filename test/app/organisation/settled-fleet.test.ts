import { expect, test } from "vitest";
import { settledFleet, withoutSources } from "../../../bench/settled-fleet.ts";
import { servePeople } from "../../../src/app/service/serve-people.ts";
import { openWorld } from "../../../src/app/world/open-world.ts";
import { reconcile } from "../../../src/reconcile/reconcile.ts";
import { fleetOnGitHub } from "../../servers/github/setup.ts";
import { shellFor } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** Requests that change something. A GraphQL query is a POST, and a token is no change of the repository. */
function isWrite({ method, path, body }: { readonly method: string; readonly path: string; readonly body: string }) {
  const isRead = method === "GET" || /"query":"\s*query/.test(body);
  return !isRead && !path.includes("access_tokens") && !path.includes("git-upload-pack");
}

test("a pass over a settled fleet of 1,008 agents writes nothing, the first one and every other", async () => {
  // Whole copies of the fixture of twelve, so that every peer is there.
  const fleet = await fleetOnGitHub(Object.fromEntries(settledFleet(1008, withoutSources)));
  const { github } = fleet;
  const env = {
    APP_ID: String(github.world.app.id),
    PRIVATE_KEY: github.world.app.privateKey,
    GITHUB_API_URL: github.url,
  };
  const opened = await openWorld(shellFor(temporaryFolder(), Date.now, env), `${github.url}/acme/fleet`);
  try {
    for (let pass = 0; pass < 3; pass += 1) {
      const outcomes = await reconcile(opened.world);
      await servePeople(opened.world, "acme/fleet", [{ kind: "timer", repo: "acme/fleet", installation: undefined }], {
        stopping: new AbortController().signal,
        requests: { isBusy: () => false, begin: () => {} },
      });
      expect(outcomes.filter(({ kind }) => kind !== "unchanged" && kind !== "skipped")).toEqual([]);
    }
    expect(github.requests.filter(isWrite).map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    expect(github.requests.length).toBeGreaterThan(3);
  } finally {
    await opened.close();
    await github.close();
  }
});
