import { verify } from "@octokit/webhooks-methods";
import { Registry } from "prom-client";
import { afterEach, describe, expect, it } from "vitest";
import { WEBHOOK_PATH } from "../../../../src/domain/github/app-manifest.ts";
import type { Trigger } from "../../../../src/domain/trigger.ts";
import { createHttpListener } from "../../../../src/http/listener.ts";
import { startService } from "../../../../src/http/service.ts";
import { proposalFor } from "../../../support/forge/proposal.ts";
import { push, setBranch } from "../model/people.ts";
import { updatePull } from "../pulls/pulls.ts";
import { operations } from "../rest/openapi.ts";
import { type Fleet, fleetOnGitHub } from "../setup.ts";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function start(hookUrl?: string): Promise<Fleet> {
  const fleet = await fleetOnGitHub(
    { "a.yaml": "a: 1\n", "b.yaml": "b: 1\n" },
    hookUrl === undefined ? {} : { hookUrl },
  );
  ends.push(() => fleet.github.close());
  return fleet;
}

describe("webhooks", () => {
  it("carry what GitHub's description says, signed with the secret", async () => {
    const fleet = await start();
    const { github, repository, person } = fleet;
    github.webhooks.keeps = true;
    const forge = fleet.forge();
    const base = { branch: "main", sha: fleet.base ?? "" };
    const pull = await forge.open(proposalFor("a", { "a.yaml": "a: 2\n", "b.yaml": undefined, "c.yaml": "c\n" }), base);
    const updated = await forge.update(
      pull,
      proposalFor("a", { "a.yaml": "a: 3\n", "b.yaml": undefined, "c.yaml": "c\n" }),
      base,
      false,
    );
    await push(github.world, repository, person, pull.branch, { "mine.txt": "mine\n" }, "Mine");
    await forge.commentHandsOff(updated, "Yours.");
    const other = await forge.open(proposalFor("b", { "b.yaml": "b: 2\n" }), base);
    await forge.merge(other);
    const caller = { kind: "user", user: person, token: "" } as const;
    const stored = repository.pulls.get(pull.number);
    if (stored === undefined) throw new Error("no pull request");
    await updatePull(github.world, caller, stored, { state: "CLOSED" });
    await updatePull(github.world, caller, stored, { state: "OPEN" });
    await setBranch(github.world, repository, person, pull.branch, undefined);
    await fetch(`${github.url}/_test/suspend`, { method: "POST", body: "{}" });
    await fetch(`${github.url}/_test/suspend`, { method: "POST", body: '{"suspended": false}' });
    await github.webhooks.settled();
    const names = new Set<string>();
    for (const { item, payload, signature } of github.webhooks.deliveries) {
      const name = item.action === null ? item.event : `${item.event}-${item.action}`;
      const key = name.replaceAll("_", "-");
      names.add(key);
      expect([key, operations().checkEvent(key, JSON.parse(payload))]).toEqual([key, undefined]);
      expect(await verify(github.world.app.webhookSecret, payload, signature)).toBe(true);
    }
    expect([...names].sort()).toEqual([
      "installation-suspend",
      "installation-unsuspend",
      "issue-comment-created",
      "pull-request-closed",
      "pull-request-edited",
      "pull-request-opened",
      "pull-request-reopened",
      "pull-request-synchronize",
      "push",
    ]);
  });

  it("ring at the intake, and again when they are delivered again", async () => {
    const triggers: Trigger[] = [];
    const fleet = await start();
    const { world, webhooks } = fleet.github;
    const listener = await createHttpListener({
      secret: world.app.webhookSecret,
      app: { appId: world.app.id, privateKey: world.app.privateKey },
      enqueue: (trigger) => {
        triggers.push(trigger);
        return "queued";
      },
      metrics: new Registry(),
      notReady: () => undefined,
      warn: () => {},
    });
    const service = await startService(listener, { host: "127.0.0.1", port: 0 });
    ends.push(() => service.stop(100));
    webhooks.hookUrl = service.url + WEBHOOK_PATH;
    const sha = await push(world, fleet.repository, fleet.person, "main", { "a.yaml": "a: 7\n" }, "A spec");
    const forge = fleet.forge();
    const pull = await forge.open(proposalFor("a", { "a.yaml": "a: 8\n" }), { branch: "main", sha });
    await forge.merge(pull);
    await webhooks.settled();
    const common = { repo: "acme/fleet", installation: fleet.installation.id };
    expect(triggers).toEqual([
      { kind: "push", ...common },
      { kind: "review", ...common },
      { kind: "merge", ...common, pull: 1 },
      { kind: "push", ...common },
    ]);
    expect(webhooks.deliveries.every(({ item }) => item.status_code === 200)).toBe(true);
    await webhooks.redeliver(1);
    expect(triggers).toHaveLength(5);
    expect(webhooks.deliveries.at(-1)?.item).toMatchObject({
      guid: webhooks.deliveries[0]?.item.guid,
      redelivery: true,
    });
  });
});
