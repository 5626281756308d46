import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { startChild } from "../real/process/child.ts";
import { temporaryFolder } from "../real/process/loopback.ts";
import { KEY, startOpenAI } from "../servers/openai/server.ts";
import type { Turn } from "../servers/openai/transcript.ts";
import { agentConfig, MAIN, writeAgentFiles } from "./support/agent-process.ts";

describe.each(["Job", "CronJob"] as const)("a stock agent as a %s", (workload) => {
  test.each<[what: string, turn: Turn, end: string, asked: number]>([
    ["does its work once and ends", { kind: "say", text: "Done" }, "answered", 1],
    ["ends where the model refuses its key", { kind: "error", status: 401 }, "failed", 1],
  ])("%s", { timeout: 60_000 }, async (_what, turn, end, asked) => {
    const openai = await startOpenAI(() => turn);
    const folder = await temporaryFolder();
    const file = await writeAgentFiles(folder.path, agentConfig({ endpoint: openai.url, workload }));
    const child = startChild(process.execPath, [MAIN, "agent", "--config", file], { OPENAI_API_KEY: KEY });
    while (child.runs()) await setTimeout(50);
    expect(child.log()).toContain(`"end":"${end}"`);
    expect(openai.requests.map((request) => request.asked?.text)).toEqual(
      Array.from({ length: asked }, () => "Do your work now, as your instructions say."),
    );
    await openai.stop();
    await folder.remove();
  });
});
