import { resolve } from "node:path";
import { expect, test } from "vitest";
import { verdictText } from "../../../src/pr/verdict/verdict-text.ts";
import { judgeOutlook } from "../../../src/verdict/judge-outlook.ts";
import { expectGolden } from "../../support/golden.ts";
import { EMPTY, minutes, read, readings, wavering } from "../../verdict/readings.ts";
import { dangers } from "../dangers.ts";

const PLACE = { agent: "support/triage", environment: "staging" };
const since = (factor: number, level = 1) =>
  read(minutes((minute) => level * (minute > 0 ? factor : 1) * wavering(minute)));
const textOf = (differences: Parameters<typeof readings>[0]) => verdictText(judgeOutlook(readings(differences)), PLACE);

test("a verdict shows every signal with its figures, and charts of what moved", () => {
  const holds = read(minutes((minute) => (minute > 0 ? 1 : 0)));
  const silent = read(minutes((minute) => (minute > 0 ? 0 : 2)));
  expectGolden(
    resolve(import.meta.dirname, "golden"),
    new Map([
      [
        "worse.md",
        textOf({ latency: since(2), failed: since(3, 0.04), objectives: { errorRate: 0.01, p95Seconds: 1 } }),
      ],
      ["better.md", textOf({ latency: since(0.5), verify: holds })],
      ["same.md", textOf({})],
      ["no-traffic.md", textOf({ calls: silent, failed: EMPTY })],
    ]),
  );
});

test("nothing from outside is more than text", () => {
  const hostile = "@team <img src=x> | ``` #1 https://evil.example [a](b)\n# \u202ejoke";
  const alerts = read(
    minutes((minute) => (minute > 5 ? 1 : undefined)),
    { alertname: hostile },
  );
  const drained = read(
    minutes((minute) => (minute === 0 ? 1 : 0)),
    { node: hostile },
  );
  const verify = { ...read(minutes(() => 0)), query: hostile };
  const latency = { ...since(2), query: hostile };
  const text = textOf({ alerts, drained, verify, latency, confounders: [{ kind: "another-change", what: hostile }] });
  expect(dangers(text)).toEqual([]);
  expect(text).toContain("another change reached the agent");
});
