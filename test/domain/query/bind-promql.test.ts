import { describe, expect, test } from "vitest";
import { bindPromql, confinePromql } from "../../../src/domain/query/bind-promql.ts";

const BOUNDS = { labels: { cluster: "prod-eu" }, environment: "production" };
const OWN = 'cluster="prod-eu"';

describe("every selector of a remedy's query gets the environment's labels", () => {
  test.each([
    ['max(up{namespace="a"})', `max(up{${OWN},namespace="a"})`],
    ["sum(rate(up[5m])) by (cluster)", `sum(rate(up{${OWN}}[5m])) by (cluster)`],
    ["a / on (cluster, pod) b", `a{${OWN}} / on (cluster, pod) b{${OWN}}`],
    ["a or b offset 5m", `a{${OWN}} or b{${OWN}} offset 5m`],
    ['{__name__="x"} # up{', `{${OWN},__name__="x"} # up{`],
    ["max_over_time(up[1h:1m])", `max_over_time(up{${OWN}}[1h:1m])`],
    ["time()", "time()"],
  ])("%s", (query, bound) => expect(bindPromql(query, BOUNDS)).toBe(bound));

  test.each([
    ["a matcher of its own", 'up{cluster=~"staging-.*"}', 'up{cluster=~"staging-.*"}'],
    ["what was recorded for it", 'x{raos_environment="production"}', 'x{raos_environment="production"}'],
    ["nothing recorded for another", 'x{raos_environment="staging"}', `x{${OWN},raos_environment="staging"}`],
    ["nothing that is no environment", 'x{raos_environment=~"production"}', `x{${OWN},raos_environment=~"production"}`],
  ])("but for %s", (_, query, bound) => expect(bindPromql(query, BOUNDS)).toBe(bound));

  test("values are escaped", () => {
    expect(bindPromql("up", { labels: { cluster: 'a"}or\\' } })).toBe('up{cluster="a\\"}or\\\\"}');
  });

  test("another dialect is left alone without labels, and cannot be limited with them", () => {
    const query = "WITH (a = up) a default 0";
    expect(bindPromql(query, { labels: {} })).toBe(query);
    expect(bindPromql(query, BOUNDS)).toEqual({ problem: expect.stringContaining("not PromQL") });
  });
});

describe("a model's query keeps to the environment", () => {
  test.each(['up{cluster="staging-eu"}', 'up{cluster=~".*"}', 'up{cluster!="prod-eu"}', 'up{"cluster"="staging-eu"}'])(
    "%s is refused",
    (query) => {
      expect(confinePromql(query, BOUNDS)).toEqual({
        problem: 'the query reads another cluster; it may only read "prod-eu"',
      });
    },
  );

  test("what names the environment itself is not bound twice, and what it recorded needs no label", () => {
    expect(confinePromql(`up{${OWN}}`, BOUNDS)).toBe(`up{${OWN}}`);
    const bounds = { ...BOUNDS, labels: { ...BOUNDS.labels, namespace: "acme" } };
    expect(confinePromql('x{raos_environment="production"}', bounds)).toBe(
      'x{namespace="acme",raos_environment="production"}',
    );
  });
});
