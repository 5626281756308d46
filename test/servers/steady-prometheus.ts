import { onTestFinished } from "vitest";
import { json, startLoopback } from "./loopback.ts";

/** A Prometheus in which what is measured of agents moves a little, and never changes. Returns its URL. */
export async function startSteadyPrometheus(): Promise<string> {
  const server = await startLoopback((response, { url = "" }, body) => {
    const asked = new URLSearchParams(body === "" ? url.split("?")[1] : body);
    const [start, end, step] = ["start", "end", "step"].map((name) => secondsOf(asked.get(name) ?? ""));
    const base = baseOf(asked.get("query") ?? "");
    const values: (readonly [number, string])[] = [];
    if (base !== undefined && step !== undefined && step > 0)
      for (let at = start ?? 0; at <= (end ?? 0); at += step)
        values.push([at, String(base * (1 + 0.1 * Math.sin(at / 1020)))]);
    const result = values.length === 0 ? [] : [{ metric: {}, values }];
    json(response, { status: "success", data: { resultType: "matrix", result } });
  });
  onTestFinished(() => server.stop());
  return server.url;
}

function baseOf(query: string): number | undefined {
  if (query.includes("status=~")) return 0.05;
  if (query.includes("latency_bucket")) return 0.4;
  if (query.includes("completed_count")) return 20;
  return query.includes("kube_pod_status_ready") || query.includes("replicas") ? 2 : undefined;
}

function secondsOf(text: string): number {
  return /^[\d.]+s?$/.test(text) ? Number.parseFloat(text) : Date.parse(text) / 1000;
}
