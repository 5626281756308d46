import { expect, it } from "vitest";
import { serveFleet } from "../../support/api/served-fleet.ts";
import { describeReal } from "../component.ts";
import { serveFixtures } from "./fixture-server.ts";
import { runScenario } from "./run-scenario.ts";

describeReal(["mcp-conformance"], "the conformance suite of MCP, on the service's own endpoint", () => {
  it.each([
    ["server-stateless", 24],
    ["tools-list", 3],
    ["server-sse-multiple-streams", 1],
    ["sep-2164-resource-not-found", 2],
    ["dns-rebinding-protection", 2],
    ["http-header-validation", 14],
    ["input-required-result-unsupported-methods", 2],
  ])("%s", async (scenario, least) => {
    const { failed, passed } = await runScenario((await serveFleet()).url, scenario);
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThanOrEqual(least);
  });

  it("caching, what is about tools", async () => {
    const { failed, passed } = await runScenario((await serveFleet()).url, "caching");
    expect(failed.map((one) => one.replace(/^sep-2549-(.*)-caching-hints: .*Method not found$/, "$1"))).toEqual([
      "prompts-list",
      "resources-list",
      "resources-templates-list",
    ]);
    expect(passed).toBe(4);
  });
});

describeReal(
  ["mcp-conformance"],
  "the conformance suite of MCP, on the service's HTTP with the suite's own tools",
  () => {
    it.each([
      "tools-call-simple-text",
      "tools-call-image",
      "tools-call-audio",
      "tools-call-embedded-resource",
      "tools-call-mixed-content",
      "tools-call-error",
      "tools-call-with-progress",
      "input-required-result-basic-elicitation",
      "input-required-result-basic-sampling",
      "input-required-result-basic-list-roots",
      "input-required-result-request-state",
      "input-required-result-multiple-input-requests",
      "input-required-result-multi-round",
      "input-required-result-missing-input-response",
      "input-required-result-result-type",
      "input-required-result-tampered-state",
      "input-required-result-ignore-extra-params",
      "input-required-result-validate-input",
      "input-required-result-capability-check",
      "json-schema-2020-12",
      "http-custom-header-server-validation",
    ])("%s", async (scenario) => {
      const { failed, passed, untestable } = await runScenario(await serveFixtures(), scenario);
      expect(failed).toEqual([]);
      expect(passed).toBeGreaterThan(0);
      expect(untestable).toBe(0);
    });
  },
);
