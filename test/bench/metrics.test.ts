import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import * as yaml from "yaml";
import * as z from "zod";
import { makeAgents } from "../../bench/month/fleet.ts";
import { metricSource } from "../../bench/month/metrics.ts";
import { evaluator } from "../../bench/month/promql.ts";
import { chanceOf } from "../../bench/month/random.ts";
import { createWorld } from "../../bench/month/world.ts";

const FOLDER = resolve(import.meta.dirname, "../../policies");
const Remedy = z.looseObject({
  kind: z.string(),
  spec: z.looseObject({
    evidence: z.array(z.looseObject({ promql: z.string().optional() })).optional(),
    verify: z.looseObject({ promql: z.string() }).optional(),
  }),
});

const NOW = Date.parse("2026-06-15T12:00:00Z");
const world = createWorld(makeAgents(4, chanceOf(1)), NOW);

/** The queries of a remedy about an agent of the world; what a query is about does not matter here. */
function queriesIn(name: string): readonly string[] {
  const { kind, spec } = Remedy.parse(yaml.parse(readFileSync(resolve(FOLDER, name), "utf8")));
  if (kind !== "Remedy") return [];
  const queries = [...(spec.evidence ?? []).map(({ promql }) => promql), spec.verify?.promql];
  return queries.flatMap(
    (query) => query?.replaceAll("{{alert.labels.window}}", "1h").replace(/\{\{[^}]*\}\}/g, "acme") ?? [],
  );
}

describe("the month's Prometheus knows each query of the remedies that ship", () => {
  test.each(readdirSync(FOLDER).filter((name) => queriesIn(name).length > 0))("%s", (name) => {
    for (const query of queriesIn(name))
      expect(() => evaluator(query, metricSource(world, NOW))(NOW), query).not.toThrow();
  });
});
