import { expect, test } from "vitest";
import { groupProblems } from "../../../src/spec/problems/group-problems.ts";
import { placeEnvironments } from "../../../src/spec/problems/misspelt-environment.ts";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { DEMO_TENANT, HELLO, line, snapshotOf } from "../../support/specs/snapshot.ts";

const CONFIG = (...names: readonly string[]) =>
  `apiVersion: raos.dev/v1alpha1\nkind: Config\nspec:\n  environments: [${names.map((name) => `{name: ${name}}`).join(", ")}]\n`;
const agent = (name: string, environment: string) =>
  `${HELLO.replace("name: hello", `name: ${name}`)}  environments: {${environment}: {version: 1.0.0}}\n`;

function said(files: Readonly<Record<string, string>>): readonly string[] {
  const snapshot = snapshotOf({ "tenants/demo.yaml": DEMO_TENANT, ...files });
  const { problems, agents, fleet } = readFleet(snapshot);
  return groupProblems(placeEnvironments(problems, agents.values(), fleet, snapshot)).map(line);
}

test("an environment that is misspelt in raos.yaml is a mistake of raos.yaml", () => {
  const files = {
    "raos.yaml": CONFIG("staging", "prodution"),
    "agents/demo/a.yaml": agent("a", "production"),
    "agents/demo/b.yaml": agent("b", "production"),
  };
  expect(said(files)).toEqual([
    'raos.yaml:4:42 /spec/environments/1/name: no file names environment prodution, and 2 name production; did you mean "production"?',
  ]);
  expect(
    said({
      ...files,
      "tenants/demo.yaml": DEMO_TENANT.replace("demo-agents}", "demo-agents, environments: [production]}"),
    }),
  ).toEqual([
    expect.stringContaining(
      "raos.yaml:4:42 /spec/environments/1/name: no file names environment prodution, and 3 name",
    ),
  ]);
});

test("one that is misspelt in overlays is a mistake of theirs", () => {
  const files = {
    "raos.yaml": CONFIG("staging", "production"),
    "agents/demo/a.yaml": agent("a", "prodution"),
    "agents/demo/b.yaml": agent("b", "prodution"),
    "agents/demo/c.yaml": agent("c", "production"),
  };
  expect(said(files)).toEqual([
    'agents/demo/a.yaml:9:18 /spec/environments/prodution: unknown environment prodution; did you mean "production"? (in 2 agents: demo/a, demo/b)',
  ]);
  const { "agents/demo/b.yaml": _, "agents/demo/c.yaml": __, ...alone } = files;
  expect(said(alone)).toEqual([expect.stringContaining("agents/demo/a.yaml:9:18")]);
});
