import { onTestFinished, vi } from "vitest";
import { startFluxCluster } from "../../servers/flux-cluster.ts";
import { KEY, startOpenAI } from "../../servers/openai/server.ts";
import { startSteadyPrometheus } from "../../servers/steady-prometheus.ts";
import { deployedFleet } from "../cli/deployed-fleet.ts";
import { serve } from "../cli/serve.ts";
import { answering } from "../requests/asking-fleet.ts";
import { changeAnswer } from "../requests/strict-answer.ts";
import { TOKENS } from "./served-fleet.ts";

const MINUTE = 60_000;
const QUESTION = changeAnswer({ edits: [], questions: ["How much memory?"] });
const LARGER = changeAnswer({ edits: [{ at: "/spec/runtime/resources/limits/memory", to: "1Gi" }] });

/**
 * `raos serve` of a fleet whose only agent, acme/triage, runs in a cluster that Flux keeps and Prometheus measures, both simulated. A pass
 * is made every two seconds. The model asks how much memory is meant where nobody says "1Gi".
 */
export async function serveRolledOutFleet(env: Readonly<Record<string, string>> = {}) {
  const [cluster, prometheus] = [await startFluxCluster(), await startSteadyPrometheus()];
  const openai = await startOpenAI(answering(({ text }) => (text.includes("1Gi") ? LARGER : QUESTION)));
  onTestFinished(() => openai.stop());
  const spec = [
    "environments: [{name: production}]",
    `prometheus: {url: "${prometheus}"}`,
    "model: {name: gpt-5-mini, budget: {tokens: 1000000, dollarsPerDay: 1000}}",
  ];
  const fleet = await deployedFleet(["triage"], spec.map((line) => `  ${line}\n`).join(""));
  const apply = (trouble?: string) => {
    fleet.place.git("pull", "--quiet", "origin", "main");
    cluster.apply({
      ...{ commit: fleet.head(), digest: fleet.digest("production", "triage") },
      release: fleet.manifest("production", "triage", "release.yaml"),
      ...(trouble === undefined ? {} : { trouble }),
    });
  };
  apply();
  // What was set up is long ago, and no other change in the time that is compared.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 180 * MINUTE, shouldAdvanceTime: true });
  onTestFinished(() => void vi.useRealTimers());
  const served = await serve(["--repo", fleet.place.bare, "--interval", "2s"], {
    API_TOKENS: JSON.stringify({ [TOKENS.robin]: "person:robin" }),
    ...{ KUBECONFIG: cluster.kubeconfig, OPENAI_BASE_URL: openai.url, OPENAI_API_KEY: KEY },
    ...env,
  });
  return {
    ...served,
    bare: fleet.place.bare,
    /** Flux applies what is on the default branch; `trouble`: its pods do not start. */
    apply,
    wait: (minutes: number) => void vi.setSystemTime(Date.now() + minutes * MINUTE),
  };
}
