import { expect, test } from "vitest";
import { promqlSelectors } from "../../../src/domain/query/promql-selectors.ts";
import { rolloutQueries } from "../../../src/domain/query/rollout-queries.ts";
import { describeReal } from "../../real/component.ts";
import { rulesOfShape } from "./shapes.ts";

const AGENT = { name: "triage", namespace: "support", tenant: "support", environment: "production" } as const;

describeReal("helm", "the queries of a roll-out", () => {
  test.each(["calls", "failed", "latency"] as const)("%s: read what the agent's own rules read", async (name) => {
    const rules = await rulesOfShape("plain");
    const query = rolloutQueries({ ...AGENT, protocol: "http", workload: "Deployment" })[name];
    const selector = /\w+\{[^}]*\}/.exec(query)?.[0] ?? "none";
    // The file of rules is YAML, whose strings may be folded.
    expect(rules.replace(/\s+/g, " ")).toContain(selector);
  });
});

test.each(["http", "grpc"] as const)("the queries of an agent that Dapr calls by %s are PromQL", (protocol) => {
  const queries = rolloutQueries({ ...AGENT, protocol, workload: "StatefulSet" });
  for (const query of Object.values(queries)) expect(promqlSelectors(query)).not.toHaveProperty("problem");
});
