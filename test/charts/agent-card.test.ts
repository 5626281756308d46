import { AgentCard } from "@a2a-js/sdk";
import { ClientFactory, DefaultAgentCardResolver } from "@a2a-js/sdk/client";
import { expect, test, vi } from "vitest";
import { describeReal } from "../real/component.ts";
import { listen } from "../servers/loopback.ts";
import { fixtureReleases, manifests, type Release, renderRelease } from "./fixture-renders.ts";

const releases = fixtureReleases();
const cards = releases.filter(({ agent, environment }) => agent.environments.get(environment)?.spec.a2a.enabled);
const withoutCard = releases.filter((release) => !cards.includes(release));

// Some tests render the whole fleet, one Helm after the other, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 });

describeReal("helm", "the A2A agent card", () => {
  test.each(cards.map((release) => [release.id, release] as const))(
    "of %s is found and read by the A2A SDK where the pod has it",
    async (_id, release) => {
      const spec = release.agent.environments.get(release.environment)?.spec;
      const address = await serve(await publicFiles(release));
      const card = await new DefaultAgentCardResolver().resolve(address);
      expect(card).toMatchObject({
        name: release.agent.name,
        version: spec?.version,
        description: spec?.description,
      });
      expect(card.skills.map(({ id }) => id)).toEqual(spec?.a2a.skills?.map(({ id }) => id) ?? []);
      expect(card.capabilities?.streaming).toBe(spec?.a2a.streaming ?? false);
      for (const { url, protocolVersion } of card.supportedInterfaces) {
        expect(protocolVersion).toBe("1.0");
        expect(new URL(url).protocol).toBe("http:");
      }
      // A client comes of it: it finds an interface that it speaks.
      await new ClientFactory().createFromAgentCard(card);
    },
  );

  test("holds nothing that A2A 1.0 does not know", async () => {
    for (const release of cards) {
      for (const text of (await publicFiles(release)).values()) {
        const card = JSON.parse(text);
        expect(AgentCard.toJSON(AgentCard.fromJSON(card))).toMatchObject(card);
        for (const field of [
          "name",
          "description",
          "version",
          "supportedInterfaces",
          "capabilities",
          "defaultInputModes",
          "defaultOutputModes",
          "skills",
        ]) {
          expect(card).toHaveProperty(field);
        }
      }
    }
  });

  test("names first the way in that callers have: their sidecar in the mesh, the Service where an ingress is let in", async () => {
    const first = async (id: string) => {
      const release = cards.find((candidate) => candidate.id === id);
      if (release === undefined) throw new Error(`no ${id}`);
      const [text = "{}"] = (await publicFiles(release)).values();
      return JSON.parse(text).supportedInterfaces[0].url;
    };
    expect(await first("production/finance/billing")).toBe("http://127.0.0.1:3500/v1.0/invoke/billing.finance/method/");
    expect(await first("production/support/router")).toBe("http://router.support-agents.svc.cluster.local/");
  });

  test("is absent where the spec does not enable it", async () => {
    for (const release of withoutCard) expect((await publicFiles(release)).size).toBe(0);
  });
});

/** What the pod holds below /etc/raos/public, by URL path: the ConfigMap's keys where the volume puts them. */
async function publicFiles(release: Release): Promise<ReadonlyMap<string, string>> {
  const objects = manifests(await renderRelease(release));
  const { spec } = objects.find(({ kind }) => kind === "Deployment" || kind === "StatefulSet")?.spec.template ?? {};
  const config = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === release.agent.name);
  const volume: { items: readonly { key: string; path: string }[] } = spec.volumes.find(
    ({ name }: { name: string }) => name === "config",
  ).configMap;
  const files = volume.items.filter(({ path }) => path.startsWith("public/"));
  return new Map(files.map(({ key, path }) => [path.slice("public".length), config?.data[key]]));
}

/** Serves these texts by their paths. */
function serve(files: ReadonlyMap<string, string>): Promise<string> {
  return listen((request, response) => {
    const text = files.get(request.url ?? "");
    response.writeHead(text === undefined ? 404 : 200, { "content-type": "application/json" }).end(text);
  });
}
