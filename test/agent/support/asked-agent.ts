import type { AgentConfig } from "../../../src/domain/agent/agent-config.ts";
import { temporaryFolder } from "../../real/process/loopback.ts";
import { startOpenAI, type TestOpenAI } from "../../servers/openai/server.ts";
import type { Script } from "../../servers/openai/transcript.ts";
import { type AgentProcess, agentConfig, startAgent } from "./agent-process.ts";

/** A stock agent under way, and the scripted model that it asks. */
export interface AskedAgent {
  readonly openai: TestOpenAI;
  readonly agent: AgentProcess;
  stop(): Promise<void>;
}

/** Starts a stock agent without a sidecar whose model answers by a script. */
export async function startAskedAgent(script: Script, own: Partial<AgentConfig> = {}): Promise<AskedAgent> {
  const openai = await startOpenAI(script);
  const folder = await temporaryFolder();
  const agent = await startAgent(folder.path, agentConfig({ endpoint: openai.url, ...own })).catch(async (error) => {
    await openai.stop();
    throw error;
  });
  return {
    openai,
    agent,
    async stop() {
      await agent.child.stop();
      await openai.stop();
      await folder.remove();
    },
  };
}
