import * as fc from "fast-check";
import { expect, test } from "vitest";
import { firstFiles } from "../../../src/plan/first-files.ts";
import { findEnvironments } from "../../../src/plan/onboarding/find-environments.ts";
import { readYaml } from "../../../src/spec/yaml/read-yaml.ts";

const spec = (environments: unknown) => ({ path: "agents/a/b.yaml", value: { spec: { environments } } });
const names = (environments: readonly unknown[], paths: readonly string[]) =>
  findEnvironments(
    environments.map((one) => ({
      path: "agents/a/b.yaml",
      value: JSON.parse(JSON.stringify({ spec: { environments: one } })),
    })),
    paths,
  ).names;

test.each<[string, readonly unknown[], readonly string[], readonly string[]]>([
  ["overlays of specs", [{ production: {}, dev: {} }], [], ["dev", "production"]],
  ["environments of tenants", [["qa", "live"]], [], ["qa", "live"]],
  [
    "folders",
    [],
    ["apps/overlays/prod/k.yaml", "apps/overlays/staging/k.yaml", "apps/overlays/base/k.yaml"],
    ["staging", "prod"],
  ],
  ["folders of another kind, where they are few", [], ["clusters/eu/a.yaml", "clusters/us/a.yaml"], ["eu", "us"]],
  [
    "only the usual words, where specs name some",
    [{ production: {} }],
    ["clusters/eu/a.yaml", "clusters/staging/a.yaml"],
    ["staging", "production"],
  ],
  [
    "none of very many folders",
    [],
    Array.from({ length: 9 }, (_, index) => `clusters/c${index}/a.yaml`),
    ["staging", "production"],
  ],
  ["no name that raos.yaml refuses", [{ "A b": {}, dev: {} }, "x", null, { "": 1 }], ["envs/@x/a"], ["dev"]],
  ["nothing: a suggestion", [], ["README.md"], ["staging", "production"]],
])("%s", (_, environments, paths, expected) => {
  expect(names(environments, paths)).toEqual(expected);
});

test("whatever lies there, raos.yaml can hold what was found", () => {
  const word = fc.oneof(fc.string(), fc.constantFrom("dev", "base", "007", "true", "on"));
  const path = fc
    .tuple(fc.constantFrom("clusters", "overlays"), word)
    .map(([parent, name]) => `${parent}/${name}/x.yaml`);
  fc.assert(
    fc.property(fc.array(fc.dictionary(word, fc.constant({}))), fc.array(path), (overlays, paths) => {
      const { names: environments } = findEnvironments(
        overlays.map(spec).map(({ path: file, value }) => ({ path: file, value: JSON.parse(JSON.stringify(value)) })),
        paths,
      );
      const first = {
        delivery: { kind: "flux" },
        chart: { kind: "copied" },
        environments,
        folder: "",
        hasSchema: false,
      } as const;
      const written = firstFiles(first);
      const text = written.kind === "files" ? (written.files.get("raos.yaml") ?? "") : "";
      expect(readYaml("raos.yaml", Buffer.from(text)).documents[0]?.value).toMatchObject({
        spec: { environments: environments.map((name) => ({ name })) },
      });
    }),
  );
});
