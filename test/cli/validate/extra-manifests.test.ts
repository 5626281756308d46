import { describe, expect, test } from "vitest";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";
import { ACME, triage } from "../../support/specs/acme-fleet.ts";

const FLEET: Readonly<Record<string, string>> = { ...ACME, "agents/acme/triage.yaml": triage() };

/** What people may keep beside agents. Paths are below `extra/production/acme/`. */
const EXTRA: Readonly<Record<string, string>> = {
  "agent.yaml": "apiVersion: kagent.dev/v1alpha2\nkind: Agent\nmetadata: {name: hello, namespace: acme}\nspec: {}\n",
  "model.yaml": "apiVersion: kagent.dev/v1alpha2\nkind: ModelConfig\nmetadata: {name: gpt}\nspec: {model: gpt-5}\n",
  "many.yaml": `---
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data:
  # A file of RAOS as data.
  agent.yaml: |
    ${FLEET["agents/acme/triage.yaml"]?.replaceAll("\n", "\n    ")}
---
apiVersion: kyverno.io/v1
kind: Policy
metadata: {name: b}
...
---
kind: List
apiVersion: v1
items: []
`,
  "chart/Chart.yaml": "apiVersion: v2\nname: beside\nversion: 0.1.0\n",
  "chart/templates/job.yaml":
    '{{- if .Values.on }}\napiVersion: {{ include "x" . }}\nkind: {{ .Values.kind }}\n{{- end }}\n',
  "broken.yaml": "a: [\n\t- &x *y\n",
  "latin-1.yaml": "name: caf\u00e9\u0000\n",
  "secret.json":
    '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}, "stringData": {"password": "hunter2"}}',
  "values.yaml": "replicas: 1\n",
  "kustomization.yaml": "resources: [many.yaml]\n",
};

/** A fleet (in a folder of the repository, "" for its top) whose generated files are on the default branch. */
async function deployed(below = "") {
  const fleet = fleetClone(null);
  const at = (files: Readonly<Record<string, string | undefined>>, folder = below) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}${path}`, text]));
  const path = below.replace(/\/$/, "");
  const config = `${FLEET["raos.yaml"]}${path === "" ? "" : `  path: ${path}\n`}`;
  fleet.commit(at({ ...FLEET, "raos.yaml": config }));
  const folder = path === "" ? fleet.clone : `${fleet.clone}/${path}`;
  expect(await raos(folder, ["compile", "--output-dir", "."])).toMatchObject({ code: 0, err: "" });
  fleet.commit({});
  return { fleet, at, folder, flags: path === "" ? [] : ["--path", path] };
}

const extra = (texts: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(texts).map(([path, text]) => [`extra/production/acme/${path}`, text]));
const removed = Object.fromEntries(Object.keys(EXTRA).map((path) => [path, undefined]));

describe.each(["", "platform/"])("manifests beside the agents, in %j", (below) => {
  test("are no Problem, change no plan, and open nothing, as they come, change and go", async () => {
    const { fleet, at, folder, flags } = await deployed(below);
    const steps = [EXTRA, { "values.yaml": "replicas: 2\n" }, removed];
    for (const texts of steps) {
      fleet.commit({ ...at(extra(texts)), ...at(extra({ "outside.yaml": JSON.stringify(texts) }), "") });
      expect(await raos(folder, ["validate"])).toMatchObject({ code: 0, out: "1 agent, no problems\n", err: "" });
      expect(await raos(folder, ["plan"])).toMatchObject({ code: 0, out: "nothing to change\n", err: "" });
      const repo = ["--repo", fleet.bare, ...flags];
      expect(await raos(fleet.clone, ["plan", ...repo])).toMatchObject({
        code: 0,
        out: "nothing to change\n",
        err: "",
      });
      const { out, err } = await raos(fleet.clone, ["reconcile", ...repo, "--output", "json"]);
      expect({ outcomes: JSON.parse(out), err }).toEqual({ outcomes: [], err: "" });
    }
  });

  test("stay where an agent goes, and are no part of its pull request", async () => {
    const { fleet, at, flags } = await deployed(below);
    fleet.commit({ ...at(extra(EXTRA)), ...at({ "agents/acme/triage.yaml": undefined }) });
    await raos(fleet.clone, ["reconcile", "--repo", fleet.bare, ...flags]);
    const { out } = await raos(fleet.clone, ["pr", "list", "--repo", fleet.bare, "--output", "json"]);
    const pulls: readonly { readonly branch: string; readonly number: number }[] = JSON.parse(out);
    expect(pulls).toHaveLength(1);
    const files = fleet.files(pulls[0]?.branch ?? "");
    expect(files.filter((path) => path.startsWith(`${below}extra/`))).toHaveLength(Object.keys(EXTRA).length);
    expect(files.filter((path) => path.startsWith(`${below}deploy/production/acme/triage/`))).toEqual([]);
  });
});
