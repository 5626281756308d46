import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test, vi } from "vitest";
import { parse } from "yaml";
import { compile, compileTenant } from "../../src/compile/index.ts";
import { readChart } from "../../src/spec/read/read-chart.ts";
import { describeReal } from "../real/component.ts";
import { helmLint, helmTemplate } from "../real/helm/helm.ts";
import { fixtureFleet, folderSnapshot } from "../support/specs/fixture-fleet.ts";
import { snapshotOf } from "../support/specs/snapshot.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { AGENT_CHART, manifests } from "./fixture-renders.ts";

vi.setConfig({ testTimeout: 240_000 });

/** The fixture fleet with the chart that ships in its repository, written to a folder as a merge would leave it. */
function deployedFleet() {
  const reading = fixtureFleet();
  const shipped = folderSnapshot(AGENT_CHART);
  const files = [...shipped.list("")].map((path) => [`charts/agent/${path}`, shipped.read(path)] as const);
  const { copy, problems } = readChart(snapshotOf(Object.fromEntries(files)), reading.fleet.config);
  expect(problems).toEqual([]);
  const fleet = { ...reading.fleet, chart: copy };
  const root = temporaryFolder();
  const agents = [...reading.agents.values()];
  const generated = [
    ...agents.map((agent) => compile(agent, fleet)),
    ...[...fleet.tenants.keys()].map((tenant) => compileTenant(tenant, fleet)),
  ];
  const texts = new Map(generated.flatMap((one) => [...one]));
  for (const [path, text] of texts) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return { agents, texts, root, version: copy?.version ?? "" };
}

/** The manifests without the label that names the chart's version. */
function withoutVersion(text: string): readonly unknown[] {
  return manifests(text).map(({ metadata, ...rest }) => {
    const { "helm.sh/chart": _chart, ...labels } = metadata.labels ?? {};
    return { ...rest, metadata: { ...metadata, labels } };
  });
}

describeReal(["helm", "helm3"], "the copy of the chart that a HelmRelease names, under Helm 4 and Helm 3", () => {
  test.each(["helm", "helm3"] as const)(
    "renders what the chart itself renders, for every agent: %s",
    async (version) => {
      const { agents, texts, root, version: copied } = deployedFleet();
      for (const agent of agents) {
        for (const environment of agent.environments.keys()) {
          const folder = `deploy/${environment}/${agent.key}`;
          const release = parse(texts.get(`${folder}/release.yaml`) ?? "");
          const chart = join(root, release.spec.chart.spec.chart);
          const values = texts.get(`${folder}/values.yaml`) ?? "";
          const rendering = { values, release: agent.name, namespace: agent.facts.namespace, version };
          const text = await helmTemplate({ ...rendering, chart });
          expect(withoutVersion(text)).toEqual(
            withoutVersion(await helmTemplate({ ...rendering, chart: AGENT_CHART })),
          );
          expect(text).toContain(`helm.sh/chart: agent-${copied.replace("+", "_")}`);
        }
      }
      const [first] = agents;
      const environment = [...(first?.environments.keys() ?? [])][0];
      const lint = await helmLint({ chart: join(root, `deploy/_charts/${environment}/${first?.tenant}`), version });
      expect(lint.ok ? "" : lint.output).toBe("");
    },
  );
});
