import { describe, expect, test } from "vitest";
import { Config } from "../../../src/domain/kinds/kinds.ts";
import { readShared } from "../../../src/spec/read/read-shared.ts";
import { snapshotOfFiles } from "../../../src/survey/source/slice-snapshot.ts";

const ABOVE = "acme/.github//raos.yaml";
const head = "apiVersion: raos.dev/v1alpha1\nkind: Config\n";

/** Reads a repository's raos.yaml below an organisation's. */
function read(own: string | undefined, organisation: string) {
  const files = { ...(own === undefined ? {} : { "raos.yaml": `${head}${own}` }), [ABOVE]: `${head}${organisation}` };
  const found = Object.entries(files).map(([path, text]) => ({ path, oid: path, bytes: Buffer.from(text) }));
  const { shared, problems, usable } = readShared(snapshotOfFiles("sha", found));
  const places = problems.map(
    ({ file, line, column, pointer, message }) => `${file}:${line}:${column} ${pointer}: ${message}`,
  );
  return { spec: shared.config.spec, places, usable };
}

const ORGANISATION = `spec:
  environments: [{name: staging}, {name: production}]
  limits: {openPulls: 5, pullsPerHour: 7}
  prometheus: {url: "http://prometheus.example:9090"}
`;

describe("what a repository inherits of its organisation", () => {
  test("every field that it does not set itself, and its own where it does", () => {
    const { spec, places } = read("spec:\n  limits: {openPulls: 50}\n", ORGANISATION);
    expect(places).toEqual([]);
    expect(spec.environments.map(({ name }) => name)).toEqual(["staging", "production"]);
    expect(spec.prometheus?.url).toBe("http://prometheus.example:9090");
    // A field is inherited whole.
    expect(spec.limits).toEqual({ openPulls: 50, pullsPerHour: 30 });
  });

  test("also where its own file sets nothing", () => {
    expect(read("spec: {}\n", ORGANISATION).spec.limits).toEqual({ openPulls: 5, pullsPerHour: 7 });
    expect(read("", ORGANISATION).spec.limits).toEqual({ openPulls: 5, pullsPerHour: 7 });
  });

  test("nothing where it has no raos.yaml: it was not introduced yet", () => {
    expect(read(undefined, ORGANISATION).spec.limits.openPulls).toBe(20);
  });

  test("what the organisation fixes is a Problem at the repository's own line", () => {
    const { places, usable } = read(
      "spec:\n  labels: [ours]\n  limits: {openPulls: 50}\n",
      `${ORGANISATION}  fixed: [limits, model]\n`,
    );
    expect([places, usable]).toEqual([
      ["raos.yaml:5:3 /spec/limits: acme/.github//raos.yaml fixes this for every repository; take it out"],
      false,
    ]);
  });

  test("a path is nobody's but the repository's own", () => {
    expect(read("spec: {}\n", `${ORGANISATION}  path: platform\n`).spec.path).toBeUndefined();
  });
});

describe("a broken file of the organisation", () => {
  test.each([
    [
      "an unknown key",
      "spec:\n  limts: {}\n",
      'acme/.github//raos.yaml:4:3 /spec/limts: unknown key "limts"; did you mean "limits"?',
    ],
    ["no YAML", "spec: [\n", "acme/.github//raos.yaml:"],
    ["a field that cannot be fixed", "spec:\n  fixed: [path]\n", "acme/.github//raos.yaml:4:11 /spec/fixed/0"],
  ])("%s: it is named, and nothing is planned meanwhile", (_name, organisation, said) => {
    const { places, usable } = read("spec: {}\n", organisation);
    expect(usable).toBe(false);
    expect(places[0]).toContain(said);
  });
});

test("every field can be fixed, but for what is about one repository", () => {
  const { shape } = Config.shape.spec.unwrap();
  const own = ["path", "fixed", "onboarding"];
  const names = Object.keys(shape).filter((name) => !own.includes(name));
  for (const name of names) expect(read("spec: {}\n", `spec:\n  fixed: [${name}]\n`).places).toEqual([]);
});
