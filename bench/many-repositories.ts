import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Account, Repository } from "../test/servers/github/model/model.ts";
import { push } from "../test/servers/github/model/people.ts";
import { APP_PERMISSIONS, addAccount, addRepository, install } from "../test/servers/github/model/world.ts";
import { startGitHub, type TestGitHub } from "../test/servers/github/server.ts";
import { deployedFleet } from "./deployed-fleet.ts";
import { milliseconds, type Row } from "./ratio.ts";

const REPOSITORIES = Number(process.env.REPOSITORIES ?? 1000);
const AGENTS = 20;
/** Alerts whose way to an issue is timed, with and without noise. */
const ALERTS = 20;
const MAIN = resolve(import.meta.dirname, "../src/main.ts");
const TOKEN = "not-a-secret-token";

/**
 * One process that serves a thousand repositories of twenty agents, all of them settled: what its first round and an idle round cost,
 * and by how much one noisy repository delays another one's alerts.
 */
export async function manyRepositories(): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "raos-bench-"));
  const github = await startGitHub({ root: join(folder, "github") });
  const { world } = github;
  const robin = addAccount(world, "robin", "User");
  install(world, addAccount(world, "acme", "Organization"), APP_PERMISSIONS);
  // Two have agents of their own, so that alerts about them belong to no other.
  const own: readonly (Readonly<Record<string, string>> | undefined)[] = [
    undefined,
    await deployedFleet(AGENTS, "t1"),
    await deployedFleet(AGENTS, "t2"),
  ];
  const shared = await deployedFleet(AGENTS);
  for (let index = 0; index < REPOSITORIES; index += 1) {
    const repository = await addRepository(world, { root: github.root, owner: "acme", name: `fleet-${index}` });
    await push(world, repository, robin, "main", own[index] ?? shared, "The fleet");
  }
  const bot = await startBot(github, folder);
  try {
    const first = await bot.round();
    // What the first round wrote may be news to the second; the third has nothing to do.
    await bot.round();
    github.requests.splice(0);
    const idle = await bot.round();
    const sent = github.requests.filter(({ path }) => !path.includes("access_tokens"));
    const writes = sent.filter(({ method, body }) => method !== "GET" && !/^\{"query":"\s*query/.test(body));
    const memory = bot.memory();
    const [quiet, noisy] = [repositoryOf(github, 1), repositoryOf(github, 2)];
    const alone = await alertTimes(bot, github, quiet);
    const noise = makeNoise(github, repositoryOf(github, 0), robin);
    const beside = await alertTimes(bot, github, noisy);
    await noise.stop();
    const what = `${REPOSITORIES} repositories × ${AGENTS} agents in one process`;
    return [
      row(`${what}: first round; idle round`, `${milliseconds(first)}; ${milliseconds(idle)}`, "reported"),
      row(
        "the idle round: writes; requests for each repository",
        `${writes.length}; ${(sent.length / REPOSITORIES).toFixed(2)}`,
        "0; reported",
      ),
      row(
        "its memory; open files; child processes",
        `${memory.megabytes} MB; ${memory.files}; ${memory.children}`,
        "reported",
      ),
      row(
        `alert → issue beside a repository with ${noise.pushes()} pushes and comments: p95, and how much later than alone`,
        `${milliseconds(p95(beside))}, ${milliseconds(Math.max(0, p95(beside) - p95(alone)))}`,
        "< 1 s later",
      ),
    ];
  } finally {
    await bot.stop();
    await github.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const row = (what: string, measured: string, reach: string): Row => ({ what, floor: "–", measured, reach });

function repositoryOf({ world }: TestGitHub, index: number): Repository {
  const found = world.repositories.get(`acme/fleet-${index}`);
  if (found === undefined) throw new Error(`no repository ${index}`);
  return found;
}

interface Bot {
  readonly url: string;
  /** Milliseconds until the next round over every repository has ended. */
  round(): Promise<number>;
  memory(): { readonly megabytes: number; readonly files: number; readonly children: number };
  stop(): Promise<void>;
}

/** `raos serve` in a process of its own, with a round each minute. */
async function startBot({ url, world, webhooks }: TestGitHub, folder: string): Promise<Bot> {
  const { id, privateKey, webhookSecret } = world.app;
  const app = { APP_ID: String(id), PRIVATE_KEY: privateKey, WEBHOOK_SECRET: webhookSecret, ALERTS_TOKEN: TOKEN };
  const child = spawn(process.execPath, [MAIN, "serve", "--port", "0", "--interval", "60s", "--log-level", "debug"], {
    env: {
      PATH: process.env.PATH,
      RAOS_CACHE: join(folder, "cache"),
      ...app,
      GITHUB_API_URL: url,
      GITHUB_SERVER_URL: url,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: { readonly msg: string; readonly url?: string; readonly at: number }[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { msg: said, url: told, level } = JSON.parse(line);
    const msg = said === "nothing has changed" ? "repository reconciled" : said;
    if (level >= 40) console.error(line.slice(0, 300));
    if (msg === "listening" || msg === "repository reconciled") lines.push({ msg, url: told, at: performance.now() });
  });
  const count = () => lines.filter(({ msg }) => msg === "repository reconciled").length;
  const started = performance.now();
  const listening = await until(() => lines.find(({ msg }) => msg === "listening")?.url);
  webhooks.hookUrl = `${listening}/api/github/webhooks`;
  let from = 0;
  return {
    url: listening,
    async round() {
      const before = from;
      await until(() => (count() > before ? true : undefined));
      const begun =
        before === 0 ? started : (lines.filter(({ msg }) => msg === "repository reconciled")[before]?.at ?? 0);
      await until(() => (count() >= before + REPOSITORIES ? true : undefined));
      from = count();
      return performance.now() - begun;
    },
    memory: () => memoryOf(child),
    async stop() {
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function memoryOf({ pid }: ChildProcess) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return {
    megabytes: Math.round(kilobytes / 1000),
    files: readdirSync(`/proc/${pid}/fd`).length,
    children: children === "" ? 0 : children.split(" ").length,
  };
}

/** Milliseconds from an alert's delivery to its issue, for one agent after the other. */
async function alertTimes({ url }: Bot, _: TestGitHub, repository: Repository): Promise<readonly number[]> {
  const found: number[] = [];
  for (let index = 0; index < ALERTS; index += 1) {
    const before = repository.issues.size;
    const labels = {
      alertname: "AgentSecretMissing",
      raos_agent: `agent-${index}`,
      raos_tenant: `t${repository.name.slice(6)}`,
      raos_environment: "production",
    };
    const startsAt = new Date().toISOString();
    const begun = performance.now();
    await fetch(`${url}/api/alerts`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ version: "4", alerts: [{ status: "firing", labels, annotations: {}, startsAt }] }),
    });
    await until(() => (repository.issues.size > before ? true : undefined), 60_000);
    found.push(performance.now() - begun);
    await sleep(200);
  }
  return found;
}

/** Pushes to one repository, and comments there, without a pause. */
function makeNoise({ world }: TestGitHub, repository: Repository, robin: Account) {
  let pushes = 0;
  let isOver = false;
  const ended = (async () => {
    while (!isOver) {
      pushes += 1;
      await push(world, repository, robin, "main", { "README.md": `Change ${pushes}\n` }, "Noise");
      await sleep(20);
    }
  })();
  return {
    pushes: () => pushes,
    stop: () => {
      isOver = true;
      return ended;
    },
  };
}

async function until<T>(ask: () => T | undefined, within = 3_600_000): Promise<T> {
  const end = performance.now() + within;
  for (;;) {
    const answer = ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error("it took too long");
    await sleep(5);
  }
}

function p95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? 0;
}
