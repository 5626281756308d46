import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { KEY, startOpenAI } from "../test/servers/openai/server.ts";
import { median, milliseconds, type Row, timed } from "./ratio.ts";
import { changeable, settledRepository } from "./settled-fleet.ts";

const ROOT = resolve(import.meta.dirname, "..");
const TOKEN = "bench";
// Whole groups of the fixture's twelve, which call one another.
const SPECS = 1_008;
const ALERTS = 60;
const STORM = 1_200;
const SECONDS = 10;

/** From an alert to its pull request: how long it takes, what a storm comes to, and how many alerts a second are taken. */
export async function alerts(): Promise<readonly Row[]> {
  const stage = await open(SPECS);
  try {
    const local = await latency(await serveLocal(stage), stage, () => timed(() => gitWrite(stage.bare)));
    const onGitHub = await latency(await serveGitHub(stage), stage, undefined);
    return [
      latencyRow("on disk", local, "p95 < 250 ms"),
      latencyRow("test GitHub", onGitHub, "p95 < 1 s"),
      ...(await storm()),
      await intake(stage),
    ];
  } finally {
    await stage.end();
  }
}

/** A settled fleet on disk, and the numbers its evidence is read from. */
interface Stage {
  readonly folder: string;
  readonly bare: string;
  readonly agents: readonly string[];
  end(): Promise<void>;
}

async function open(count: number, model = ""): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "raos-bench-alerts-"));
  const prometheus = await listen(
    createServer((request, response) => {
      request.resume().on("end", () => {
        const end = Math.floor(Date.now() / 1000);
        const values = Array.from({ length: 200 }, (_, index) => [end - (200 - index) * 60, String(7e8)]);
        const data = { resultType: "matrix", result: [{ metric: { pod: "triage-0" }, values }] };
        response
          .writeHead(200, { "content-type": "application/json" })
          .end(JSON.stringify({ status: "success", data }));
      });
    }),
  );
  const config = (raos: string) =>
    `${raos
      .replace(/^ {2}(alertmanager|loki): .*\n/gm, "")
      .replace(/prometheus: \{url: .*\}/, `prometheus: {url: "${prometheus.url}"}`)}${model}`;
  const bare = settledRepository(folder, count, config);
  return {
    folder,
    bare,
    agents: changeable(count),
    end: async () => {
      await prometheus.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A service under way, in a process of its own. */
interface Served {
  readonly url: string;
  /** Called with each line of its log. */
  readonly lines: Set<(line: Line) => void>;
  readonly log: readonly Line[];
  stop(): Promise<void>;
}

interface Line {
  readonly msg: string;
  readonly time: number;
  readonly url?: string;
  readonly cause?: string;
  readonly agents?: readonly string[];
  readonly outcome?: string;
  readonly pull?: number;
}

async function serve(argv: readonly string[], env: Readonly<Record<string, string>>, cache: string): Promise<Served> {
  const child = spawn(
    process.execPath,
    [join(ROOT, "src/main.ts"), "serve", "--port", "0", "--interval", "1h", ...argv],
    {
      env: { PATH: process.env.PATH, RAOS_CACHE: cache, ALERTS_TOKEN: TOKEN, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const lines = new Set<(line: Line) => void>();
  const log: Line[] = [];
  createInterface({ input: child.stdout }).on("line", (text) => {
    const line: Line = JSON.parse(text);
    log.push(line);
    for (const hear of lines) hear(line);
  });
  const served = { lines, log, stop: () => endOf(child) };
  const { url = "" } = await heard(served, (line) => line.msg === "listening");
  await heard(served, (line) => line.msg === "repository reconciled");
  return { ...served, url };
}

/** The first line that fits, said already or to come. */
function heard(served: Pick<Served, "lines" | "log">, fits: (line: Line) => boolean): Promise<Line> {
  const said = served.log.find(fits);
  if (said !== undefined) return Promise.resolve(said);
  return new Promise((done) => {
    const hear = (line: Line) => {
      if (!fits(line)) return;
      served.lines.delete(hear);
      done(line);
    };
    served.lines.add(hear);
  });
}

function serveLocal({ folder, bare }: Stage): Promise<Served> {
  return serve(["--repo", bare], {}, join(folder, "cache"));
}

/** The test GitHub in a process of its own, and a service that is its App. */
async function serveGitHub({ folder }: Stage): Promise<Served> {
  const github = spawn(
    process.execPath,
    [join(ROOT, "test/servers/github/main.ts"), "--port", "0", "--files", join(folder, "work")],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let guide = "";
  await new Promise<void>((done) => {
    github.stdout.on("data", (chunk: Buffer) => {
      guide += chunk.toString();
      if (/WEBHOOK_SECRET=\S+/.test(guide)) done();
    });
  });
  const names = ["APP_ID", "PRIVATE_KEY_PATH", "WEBHOOK_SECRET", "GITHUB_API_URL", "GITHUB_SERVER_URL"];
  const env = Object.fromEntries(names.map((name) => [name, new RegExp(`${name}=(\\S+)`).exec(guide)?.[1] ?? ""]));
  const served = await serve([], env, join(folder, "cache-github"));
  return {
    ...served,
    stop: async () => {
      await served.stop();
      await endOf(github);
    },
  };
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    child.once("exit", () => done());
    child.kill("SIGTERM");
  });
}

interface Latency {
  readonly sorted: readonly number[];
  readonly floor: number | undefined;
}

/** One alert after another, each about another agent: milliseconds from sending it to its pull request. */
async function latency(
  served: Served,
  { agents }: Stage,
  floor: (() => Promise<number>) | undefined,
): Promise<Latency> {
  const took: number[] = [];
  const floors: number[] = [];
  for (const agent of agents.slice(0, ALERTS)) {
    const settled = heard(served, (line) => line.msg === "cause settled" && line.agents?.[0] === agent);
    const sent = Date.now();
    await post(served, [alertOf(agent, "AgentOutOfMemory")]);
    const line = await settled;
    if (line.outcome !== "opened" || line.pull === undefined) throw new Error(`${agent}: ${line.outcome}`);
    took.push(line.time - sent);
    if (floor !== undefined) floors.push(await floor());
    await sleep(200);
  }
  await served.stop();
  return { sorted: took.toSorted((a, b) => a - b), floor: floors.length === 0 ? undefined : median(floors) };
}

function latencyRow(where: string, { sorted, floor }: Latency, reach: string): Row {
  const at = (share: number) =>
    milliseconds(sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0);
  return {
    what: `alert in → pull request, ${SPECS.toLocaleString("en")} specs, ${where}: p50, p95, p99`,
    floor: floor === undefined ? "–" : `Git alone writes such a commit and its refs: ${milliseconds(floor)}`,
    measured: `${at(0.5)}, ${at(0.95)}, ${at(0.99)}`,
    reach,
  };
}

/** What Git itself takes for a commit of three files on a branch of its own, and the refs of a pull request. */
function gitWrite(bare: string): void {
  const git = (args: readonly string[], input = "") =>
    execFileSync("git", ["--git-dir", bare, ...args], { input, encoding: "utf8" }).trim();
  const head = git(["rev-parse", "refs/heads/main"]);
  const file = (name: string) =>
    `M 100644 inline bench/${name}\ndata 5\n${String(Date.now() % 10000).padStart(4, "0")}\n\n`;
  git(
    ["fast-import", "--quiet", "--force"],
    `commit refs/heads/bench\ncommitter bench <bench@example.com> 1700000000 +0000\ndata 1\nx\nfrom ${head}\n${["a", "b", "c"].map(file).join("")}`,
  );
  git(["update-ref", "--stdin"], `delete refs/heads/bench\n`);
}

/** A thousand alerts about a hundred agents, twice, shuffled, some of them over; a rule answers most, a model the rest. */
async function storm(): Promise<readonly Row[]> {
  let asked = 0;
  const openai = await startOpenAI(() => {
    asked += 1;
    const finding = {
      summary: "Nothing to see.",
      cause: "",
      confidence: "low",
      evidence: [],
      unresolved: true,
      edits: [],
    };
    return { kind: "answer", json: finding };
  });
  const stage = await open(STORM, "  model: {name: gpt-5-mini, budget: {dollarsPerDay: 1000}}\n");
  const agents = stage.agents.slice(0, 100);
  const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: openai.url };
  const served = await serve(["--repo", stage.bare], env, join(stage.folder, "cache"));
  const all = agents.flatMap((agent) => [
    ...Array.from({ length: 9 }, (_, pod) => alertOf(agent, "AgentOutOfMemory", { pod: `pod-${pod}` }, pod === 8)),
    alertOf(agent, "SomethingOdd"),
  ]);
  const twice = [...all, ...all]
    .map((one, index) => ({ one, key: (index * 7919) % 2003 }))
    .toSorted((a, b) => a.key - b.key);
  const took = await timed(async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, batch) =>
        post(
          served,
          twice.slice(batch * 50, (batch + 1) * 50).map(({ one }) => one),
        ),
      ),
    );
    await quiet(served);
  });
  await served.stop();
  const refs = execFileSync(
    "git",
    ["--git-dir", stage.bare, "for-each-ref", "--format=%(refname)", "refs/raos", "refs/heads/raos"],
    {
      encoding: "utf8",
    },
  ).split("\n");
  const pulls = refs.filter((ref) => /^refs\/heads\/raos\/alert\//.test(ref)).length;
  const issues = refs.filter((ref) => /^refs\/raos\/issues\/\d+\/meta$/.test(ref)).length;
  const opened = refs.filter((ref) => /^refs\/raos\/(?:pulls|prs?)\/\d+\/meta$/.test(ref)).length;
  await openai.stop();
  await stage.end();
  return [
    {
      what: "1,000 alerts on 100 agents at once, twice, shuffled, some over",
      floor: "–",
      measured: `${pulls} pull requests, ${Math.max(0, opened - pulls)} duplicates, ${issues} issues, ${(asked / 100).toFixed(2)} investigations per agent, settled in ${milliseconds(took)}`,
      reach: "≤ 100 pull requests, 0 duplicates, ≤ 1 investigation per agent",
    },
  ];
}

/** Nothing was said for three seconds. */
async function quiet(served: Served): Promise<void> {
  for (let before = -1; served.log.length !== before; ) {
    before = served.log.length;
    await sleep(3000);
  }
}

/** Webhooks of 50 alerts each, as fast as they are taken, for ten seconds; beside it a server that only parses them. */
async function intake(stage: Stage): Promise<Row> {
  const bare = await listen(
    createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => response.end(String(JSON.parse(body).alerts.length)));
    }),
  );
  const floor = await sending({ url: bare.url }, stage.agents, 3);
  await bare.close();
  const served = await serveLocal({ ...stage, folder: join(stage.folder, "intake") });
  const ours = await sending(served, stage.agents, SECONDS);
  await quiet(served);
  const metrics = await (await fetch(`${served.url}/metrics`)).text();
  const known = Number(/^raos_alerts (\d+)$/m.exec(metrics)?.[1]);
  await served.stop();
  return {
    what: `sustained alert intake, each on disk before its answer, ${SECONDS} s`,
    floor: `a server that only parses them: ${Math.round(floor.rate).toLocaleString("en")} a second`,
    measured: `${Math.round(ours.rate).toLocaleString("en")} a second taken, ${ours.taken - known} of ${ours.taken.toLocaleString("en")} lost, ${ours.refused} refused`,
    reach: "≥ 1,000 a second, none lost",
  };
}

/** Four senders; each alert is another, about some agent. At most 40,000, so that a day's board has room for them. */
async function sending({ url }: { readonly url: string }, agents: readonly string[], seconds: number) {
  const end = Date.now() + seconds * 1000;
  let next = 0;
  let taken = 0;
  let refused = 0;
  const sender = async () => {
    while (Date.now() < end && next < 800) {
      const batch = next++;
      const some = Array.from({ length: 50 }, (_, index) =>
        // No remedy answers it: what is measured is the intake.
        alertOf(agents[(batch * 50 + index) % agents.length] ?? "", "SomethingOdd", { pod: `${batch}-${index}` }),
      );
      const status = await post({ url }, some);
      if (status === 200) taken += some.length;
      else refused += some.length;
      // Alertmanager groups for a while before it sends: a steady stream, not a flood.
      await sleep(40);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: 4 }, sender));
  return { taken, refused, rate: taken / ((performance.now() - started) / 1000) };
}

function alertOf(
  agent: string,
  alertname: string,
  labels: Readonly<Record<string, string>> = {},
  over = false,
): object {
  const [raos_tenant = "", raos_agent = ""] = agent.split("/");
  const startsAt = new Date(Date.now() - 600_000).toISOString().replace(/\d\d\.\d{3}Z$/, "00Z");
  return {
    status: over ? "resolved" : "firing",
    labels: { alertname, raos_agent, raos_tenant, raos_environment: "production", severity: "critical", ...labels },
    annotations: { summary: `${agent} was killed for using more memory than its limit` },
    startsAt,
    endsAt: over ? new Date().toISOString() : "0001-01-01T00:00:00Z",
  };
}

async function post({ url }: { readonly url: string }, some: readonly object[]): Promise<number> {
  const response = await fetch(`${url}/api/alerts`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ version: "4", truncatedAlerts: 0, alerts: some }),
  });
  await response.text();
  return response.status;
}

async function listen(server: Server): Promise<{ readonly url: string; close(): Promise<void> }> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
