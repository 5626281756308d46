import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { toolPath } from "../../../tools/find.ts";
import { describeReal } from "../component.ts";
import { startChild, untilReady } from "../process/child.ts";
import { freePorts, temporaryFolder } from "../process/loopback.ts";

/** daprd with a state store that nothing answers for. */
async function startBroken(port: number, more: string) {
  const folder = await temporaryFolder();
  const [http = 0, grpc = 0, internal = 0, metrics = 0] = await freePorts(4);
  const component = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: triage-state}
spec: {type: state.redis, version: v1${more}, metadata: [{name: redisHost, value: "127.0.0.1:${port}"}]}
`;
  await writeFile(join(folder.path, "state.yaml"), component);
  const child = startChild(toolPath("daprd"), [
    ...["--app-id", "triage", "--mode", "standalone", "--resources-path", folder.path],
    ...["--dapr-http-port", `${http}`, "--dapr-grpc-port", `${grpc}`],
    ...["--dapr-internal-grpc-port", `${internal}`, "--metrics-port", `${metrics}`],
  ]);
  onTestFinished(() => child.stop().then(folder.remove));
  const scrape = async () => {
    const answer = await fetch(`http://127.0.0.1:${metrics}/metrics`, { signal: AbortSignal.timeout(1000) });
    return await answer.text();
  };
  return { child, scrape };
}

const COUNT = /^(dapr_runtime_component_init_fail_total)\{(.*)\} \d+$/m;

describeReal("daprd", "a component that daprd cannot initialise", () => {
  test("ends daprd within seconds, and nearly every scrape before that sees no count", {
    timeout: 60_000,
  }, async () => {
    const [nobody = 0] = await freePorts(1);
    const { child, scrape } = await startBroken(nobody, "");
    const seen: string[] = [];
    for (let tries = 0; child.runs() && tries < 300; tries += 1) {
      const text = await scrape().catch(() => "");
      if (text !== "") seen.push(text);
      await setTimeout(100);
    }
    expect(child.runs()).toBe(false);
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.filter((text) => COUNT.test(text)).length).toBeLessThan(3);
  });

  test("is counted, by the labels that the rule reads, where daprd goes on", { timeout: 60_000 }, async () => {
    const [nobody = 0] = await freePorts(1);
    const { child, scrape } = await startBroken(nobody, ", ignoreErrors: true");
    await untilReady(child, "the count", async () => COUNT.test(await scrape()));
    const [, name = "", labels = ""] = COUNT.exec(await scrape()) ?? [];
    expect(labels).toContain('app_id="triage"');
    expect(labels).toMatch(/component="state\.redis"/);
    expect(labels).toMatch(/componentName="triage-state"/);
    const rules = readFileSync(join(import.meta.dirname, "../../../charts/agent/files/alerts.yaml"), "utf8");
    expect(rules).toContain(`max by (component, componentName) (${name}{AGENT_DAPR}) > 0`);
  });
});
