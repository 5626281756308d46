import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findTool } from "../../../tools/find.ts";
import { KEY, startOpenAI, type TestOpenAI } from "../../servers/openai/server.ts";
import { describeReal } from "../component.ts";
import { type Child, startChild, untilReady } from "../process/child.ts";
import { freePorts } from "../process/loopback.ts";
import { type Running, startPrometheus } from "../prometheus/prometheus.ts";
import { recorded, samplesOf } from "./recorded.ts";

const python = "opentelemetry-python";
const older = "openllmetry-python";
const javascript = "opentelemetry-javascript";
const labels = { namespace: "support", pod: "triage-6c7d9f4b8d-x2k9p", container: "agent" };

function pathOf(tool: "genai-python" | "genai-javascript"): string {
  const found = findTool(tool);
  return found.kind === "found" ? found.path : "";
}

describeReal(
  ["genai-python", "genai-javascript", "prometheus"],
  "what instrumentations count of a model's calls",
  () => {
    const children: Child[] = [];
    let openai: TestOpenAI;
    let prometheus: Running;
    beforeAll(async () => {
      openai = await startOpenAI((asked) => {
        const status = Number(/Answer (\d+)/.exec(asked.text)?.[1]);
        if (status !== 200) return { kind: "error", status };
        return { kind: "say", text: "Yes.", usage: { input: 100, output: 20 } };
      });
      const [port = 0, ...ports] = await freePorts(4);
      const programs = join(import.meta.dirname, "programs");
      const script = join(programs, "instrumented.py");
      const start: readonly (readonly [name: string, program: string, args: readonly string[]])[] = [
        [python, pathOf("genai-python"), [script, "opentelemetry.instrumentation.openai_v2"]],
        [older, pathOf("genai-python"), [script, "opentelemetry.instrumentation.openai"]],
        [javascript, process.execPath, [join(programs, "instrumented.mjs"), pathOf("genai-javascript")]],
      ];
      const scrapes = start.map(([name, program, args], index) => {
        children.push(startChild(program, [...args, openai.url, KEY, `${ports[index]}`]));
        const targets = [`127.0.0.1:${ports[index]}`];
        return { job_name: name, static_configs: [{ targets, labels }] };
      });
      for (const [index, child] of children.entries())
        await untilReady(child, start[index]?.[0] ?? "", async () => child.log().includes("serving"));
      prometheus = await startPrometheus({ port, targets: [], scrapes });
    }, 120_000);
    afterAll(async () => {
      await prometheus?.stop();
      for (const child of children) await child.stop();
      await openai?.stop();
    });

    test.each([python, older, javascript])("%s counts what is recorded", async (name) => {
      const query = `{job="${name}",__name__=~"gen_ai_client_(operation_duration(_seconds)?_count|token_usage.*_sum)"}`;
      const look = () => samplesOf(prometheus.url, query);
      await expect.poll(async () => Object.keys(await look()).length, { timeout: 20_000 }).toBeGreaterThan(4);
      const now = await look();
      expect(recorded(name, now)).toEqual(now);
    });
  },
);
