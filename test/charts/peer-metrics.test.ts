import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { toolPath } from "../../tools/find.ts";
import { describeReal } from "../real/component.ts";
import { type Child, startChild, untilReady } from "../real/process/child.ts";
import { freePorts, temporaryFolder } from "../real/process/loopback.ts";
import { listen } from "../servers/loopback.ts";
import { AGENT_CHART } from "./fixture-renders.ts";

interface Sidecar {
  readonly child: Child;
  readonly http: number;
  readonly metrics: number;
}

async function startSidecar(appId: string, ...args: readonly string[]): Promise<Sidecar> {
  const folder = await temporaryFolder();
  const [http = 0, grpc = 0, internal = 0, metrics = 0] = await freePorts(4);
  const child = startChild(toolPath("daprd"), [
    ...["--app-id", appId, "--mode", "standalone", "--resources-path", folder.path],
    ...["--dapr-http-port", `${http}`, "--dapr-grpc-port", `${grpc}`],
    ...["--dapr-internal-grpc-port", `${internal}`, "--metrics-port", `${metrics}`, ...args],
  ]);
  onTestFinished(async () => {
    await child.stop();
    await folder.remove();
  });
  await untilReady(child, appId, async () => child.log().includes("dapr initialized. Status: Running"));
  return { child, http, metrics };
}

/** An HTTP server that answers `/500` with 500. */
async function startApp(): Promise<number> {
  const url = await listen((request, response) => {
    response.writeHead(Number(request.url?.slice(1)) || 200).end("{}");
  });
  return Number(new URL(url).port);
}

describeReal("daprd", "daprd's metrics of peers", () => {
  test("the rule reads metrics that there are; who is away is asked, and does not answer", {
    timeout: 120_000,
  }, async () => {
    const callee = await startSidecar("raos-callee", "--app-port", `${await startApp()}`);
    const caller = await startSidecar("raos-caller");
    const call = async (path: string) =>
      (await fetch(`http://127.0.0.1:${caller.http}/v1.0/invoke/raos-callee/method/${path}`)).status;
    const counts = async () => {
      const text = await (await fetch(`http://127.0.0.1:${caller.metrics}/metrics`)).text();
      const lines = text.match(/^dapr_runtime_service_invocation_(req_sent|res_recv)_total\{.*$/gm) ?? [];
      return new Map(
        lines.map((line): [string, number] => [
          line.slice(0, line.lastIndexOf(" ")),
          Number(line.slice(line.lastIndexOf(" "))),
        ]),
      );
    };
    const answered = (status: number) =>
      `dapr_runtime_service_invocation_res_recv_total{app_id="raos-caller",src_app_id="raos-callee",status="${status}",type="unary"}`;
    const sent =
      'dapr_runtime_service_invocation_req_sent_total{app_id="raos-caller",dst_app_id="raos-callee",type="unary"}';

    await untilReady(caller.child, "the callee", async () => (await call("200")) === 200);
    expect([await call("404"), await call("500")]).toEqual([404, 500]);
    const before = await counts();
    expect([before.get(answered(404)), before.get(answered(500))]).toEqual([1, 1]);
    await callee.child.stop();
    expect(await call("200")).toBe(500);
    const after = await counts();
    expect(after.get(sent) ?? 0).toBeGreaterThan(before.get(sent) ?? 0);
    expect(after.get(answered(200))).toBe(before.get(answered(200)));

    const rules = readFileSync(join(AGENT_CHART, "files/alerts.yaml"), "utf8");
    for (const metric of [sent, answered(200)]) {
      const [name = "", labels = ""] = metric.split("{");
      expect(rules).toContain(`${name}{AGENT_DAPR`);
      expect(rules).toContain(`"${/\w+_app_id/.exec(labels)?.[0]}"`);
    }
  });
});
