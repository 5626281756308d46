import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { AgentConfig } from "../../../src/domain/agent/agent-config.ts";
import { type Child, startChild, untilReady } from "../../real/process/child.ts";
import { freePorts } from "../../real/process/loopback.ts";
import { KEY } from "../../servers/openai/server.ts";

/** The program, as a pod starts it. */
export const MAIN = resolve(import.meta.dirname, "../../../src/main.ts");

export interface AgentProcess {
  readonly child: Child;
  readonly url: string;
  readonly port: number;
  /** `kill -9`. */
  kill(): Promise<void>;
}

/** A whole agent.json; what a test does not say is as small as it can be. */
export function agentConfig(own: Partial<AgentConfig> & { readonly endpoint: string }): AgentConfig {
  const { endpoint, ...rest } = own;
  return {
    ...{ version: 1, name: "answerer", namespace: "support", tenant: "support", environment: "production" },
    ...{ workload: "Deployment", port: 8080, healthPath: "/healthz", metricsPath: "/metrics" },
    ...{ instructions: "instructions.md", card: "public/.well-known/agent-card.json" },
    model: { provider: "openai", name: "gpt-5-mini", endpoint },
    limits: { turns: 20, tokens: 200_000, seconds: 60, dollarsPerDay: 10 },
    ...{ mcpServers: {}, peers: [] },
    ...rest,
  };
}

/** What the chart writes for an agent of this name. */
export function agentCard(name: string, port: number): object {
  const face = { url: `http://127.0.0.1:${port}/`, protocolVersion: "1.0" };
  return {
    ...{ name, description: "Answers", version: "1.0.0" },
    supportedInterfaces: [
      { ...face, protocolBinding: "JSONRPC" },
      { ...face, protocolBinding: "HTTP+JSON" },
    ],
    capabilities: { streaming: true, pushNotifications: false },
    ...{ defaultInputModes: ["text/plain"], defaultOutputModes: ["text/plain"], skills: [] },
  };
}

/** Writes the files of an agent into a folder; the path of its agent.json. */
export async function writeAgentFiles(folder: string, config: AgentConfig): Promise<string> {
  await mkdir(join(folder, "public/.well-known"), { recursive: true });
  await writeFile(join(folder, "instructions.md"), "Answer in one sentence.");
  await writeFile(
    join(folder, "public/.well-known/agent-card.json"),
    JSON.stringify(agentCard(config.name, config.port)),
  );
  const file = join(folder, "agent.json");
  await writeFile(file, JSON.stringify(config, null, 2));
  return file;
}

/** Starts `raos agent` as the pod does, and waits until its health check answers. */
export async function startAgent(
  folder: string,
  config: AgentConfig,
  env: Readonly<Record<string, string>> = {},
): Promise<AgentProcess> {
  const [free = 0] = config.port === 8080 ? await freePorts(1) : [config.port];
  const file = await writeAgentFiles(folder, { ...config, port: free });
  const child = startChild(process.execPath, [MAIN, "agent", "--config", file, "--host", "127.0.0.1"], {
    ...{ OPENAI_API_KEY: KEY, HOSTNAME: `${config.name}-0` },
    ...env,
  });
  const url = `http://127.0.0.1:${free}`;
  await untilReady(child, `raos agent ${config.name}`, async () => (await fetch(`${url}/healthz`)).ok);
  return { child, url, port: free, kill: () => child.kill() };
}
