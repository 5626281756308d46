import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { agentConfig, writeAgentFiles } from "../../test/agent/support/agent-process.ts";
import { callA2a, messageOf } from "../../test/agent/support/ask-agent.ts";
import { type Child, startChild } from "../../test/real/process/child.ts";
import { freePorts } from "../../test/real/process/loopback.ts";
import { KEY } from "../../test/servers/openai/server.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** A program that answers texts over HTTP. */
export interface Program {
  /** Starts it; resolves as soon as it answers its health check. */
  start(): Promise<Running>;
}

export interface Running {
  /** Milliseconds from spawn to the first answer of the health check. */
  readonly coldStart: number;
  /** Asks once. Throws where the answer is another than expected. */
  ask(): Promise<void>;
  /** Resident memory now, MB. */
  memory(): number;
  stop(): Promise<void>;
}

/** Both programs, compiled as they are in the image, for a model at an address. `folder` is a temporary one. */
export async function programs(
  folder: string,
  model: string,
): Promise<{ readonly ours: Program; readonly bare: Program }> {
  const built = join(folder, "dist");
  execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", join(ROOT, "tsconfig.build.json"), "--outDir", built]);
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "package.json"), readFileSync(join(ROOT, "package.json")));
  const [ourPort = 0, barePort = 0] = await freePorts(2);
  const files = join(folder, "files");
  await mkdir(files);
  const config = await writeAgentFiles(files, agentConfig({ endpoint: model, port: ourPort }));
  const [ours, bare] = [`http://127.0.0.1:${ourPort}`, `http://127.0.0.1:${barePort}`];
  return {
    ours: {
      start: () =>
        started(
          [join(built, "main.js"), "agent", "--config", config, "--host", "127.0.0.1"],
          `${ours}/healthz`,
          async () => JSON.stringify((await callA2a(ours, "SendMessage", messageOf("Hello"))).body),
        ),
    },
    bare: {
      start: () =>
        started([join(import.meta.dirname, "bare.ts"), model, KEY, String(barePort)], bare, async () =>
          (await fetch(bare, { method: "POST", body: "Hello" })).text(),
        ),
    },
  };
}

/** What the scripted model says, so that both have the whole way behind them. */
export const ANSWER = "The order is on its way.";

async function started(args: readonly string[], health: string, ask: () => Promise<string>): Promise<Running> {
  const before = performance.now();
  const child = startChild(process.execPath, args, { OPENAI_API_KEY: KEY, NODE_ENV: "production" });
  await untilAnswers(child, health);
  return {
    coldStart: performance.now() - before,
    async ask() {
      const said = await ask();
      if (!said.includes(ANSWER)) throw new Error(`${said}\n${child.log()}`);
    },
    memory: () => residentMemory(child.pid),
    stop: () => child.stop(),
  };
}

/** Looks every few milliseconds, as a cold start is measured by it. */
async function untilAnswers(child: Child, url: string): Promise<void> {
  while (child.runs()) {
    const isReady = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    await setTimeout(5);
  }
  throw new Error(child.log());
}

/** The kernel's count, MB. */
function residentMemory(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1000;
}
