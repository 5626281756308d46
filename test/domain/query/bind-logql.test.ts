import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bindLogql } from "../../../src/domain/query/bind-logql.ts";
import { logqlPieces } from "../../../src/domain/query/logql-tokens.ts";

const CLUSTER = { labels: { cluster: "prod-eu" }, names: {} };
const OTLP = { labels: {}, names: { namespace: "k8s_namespace_name", pod: "k8s_pod_name" } };
const OWN = 'cluster="prod-eu"';

describe("every stream selector gets the environment's labels", () => {
  test.each([
    ['{namespace="a"} |~ "x"', `{${OWN}, namespace="a"} |~ "x"`],
    ["{}", `{${OWN}}`],
    ['{a="}"} |= "{b=`"', `{${OWN}, a="}"} |= "{b=\`"`],
    ['{a=`}"`} | line_format "{{.x}}" # {', `{${OWN}, a=\`}"\`} | line_format "{{.x}}" # {`],
    [
      'sum(rate({a="b"}[5m])) / sum(rate({a="c"}[5m]))',
      `sum(rate({${OWN}, a="b"}[5m])) / sum(rate({${OWN}, a="c"}[5m]))`,
    ],
    ['{a="\\"} {"}', `{${OWN}, a="\\"} {"}`],
    ['{ # }\n a="b"}', `{${OWN},  # }\n a="b"}`],
    ['{cluster =~ "staging.*", a="b"}', '{cluster =~ "staging.*", a="b"}'],
    ['{my_cluster="x"} | cluster="y"', `{${OWN}, my_cluster="x"} | cluster="y"`],
  ])("%s", (query, bound) => expect(bindLogql(query, CLUSTER)).toBe(bound));

  test.each(['{a="b', '{a="b"', 'a="b"}', "{a=`b}"])("%s cannot be limited", (query) => {
    expect(bindLogql(query, CLUSTER)).toEqual({ problem: expect.stringContaining("cannot be limited") });
  });
});

describe("labels are named as the Loki names them", () => {
  test.each([
    ['{namespace="a"} | pod=~"b-.*" |~ "pod=x"', '{k8s_namespace_name="a"} | k8s_pod_name=~"b-.*" |~ "pod=x"'],
    ['{namespace = "pod"} | container="pod"', '{k8s_namespace_name = "pod"} | container="pod"'],
    ['{pods="a", pod!~`b`} | json', '{pods="a", k8s_pod_name!~`b`} | json'],
  ])("%s", (query, bound) => expect(bindLogql(query, OTLP)).toBe(bound));
});

test("the environment's labels have the Loki's names too", () => {
  const bounds = { labels: { cluster: "p" }, names: { cluster: "k8s_cluster_name", pod: "k8s_pod_name" } };
  expect(bindLogql('{a="b"} | pod="c"', bounds)).toBe('{k8s_cluster_name="p", a="b"} | k8s_pod_name="c"');
  expect(bindLogql('{cluster="x"}', bounds)).toBe('{k8s_cluster_name="x"}');
});

test("the pieces of any text are the text, and strings end where they begin", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', "`", "\\", "#", "\n", "{", "}", "a", "=") }), (query) => {
      const pieces = logqlPieces(query);
      if (pieces === undefined) return;
      expect(pieces.map((one) => one.text).join("")).toBe(query);
      for (const { kind, text } of pieces) if (kind === "string") expect(text.at(0)).toBe(text.at(-1));
    }),
    { numRuns: 3000 },
  );
});

test("a stream that lacks a label counts, too, where no other environment is there", () => {
  const bounds = { labels: { cluster: "prod.eu" }, names: {}, orLacking: true };
  expect(bindLogql('{a="b"}', bounds)).toBe('{cluster=~"prod\\\\.eu|", a="b"}');
});
