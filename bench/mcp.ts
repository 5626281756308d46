import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { KEY, startOpenAI } from "../test/servers/openai/server.ts";
import { agentAnswer } from "../test/support/requests/strict-answer.ts";
import { median, milliseconds, type Row, timed, times } from "./ratio.ts";
import { settledRepository, withoutSources } from "./settled-fleet.ts";

const MAIN = resolve(import.meta.dirname, "../src/main.ts");
const TOKEN = "bench-token-of-a-person-0123456789";
const AGENT_TOKEN = "bench-token-of-an-agent-0123456789";
// Whole groups of the fixture's twelve, which call one another.
const AGENTS = 10_008;
const LISTS = 60;
const EDITS = 20;
const REQUESTS = 20;
const REFUSALS = 60;
const OWNERS = { [TOKEN]: "person:bench", [AGENT_TOKEN]: "agent:tenant-00/triage-0@production" };
const MODEL = "  model: {name: gpt-5-mini, budget: {turns: 100, tokens: 100000000, dollarsPerDay: 10000}}\n";

/**
 * The tools of `raos serve` over MCP with 10,000 agents: `list_agents`, a page of them, beside the same bytes from a bare HTTP server;
 * `propose_edit`, which ends in a pull request on disk, beside Git that writes a commit and its refs; `create_agent` in words, whose
 * model answers at once, so that the rest is what is measured; and what an agent without a grant is told, again and again.
 */
export async function mcp(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "raos-bench-mcp-"));
  const bare = settledRepository(folder, AGENTS, (raos) => `${withoutSources(raos).trimEnd()}\n${MODEL}`);
  const model = await startOpenAI(({ text }) => ({ kind: "answer", json: greeter(/number (\d+)/.exec(text)?.[1]) }));
  const served = await serve(bare, {
    RAOS_CACHE: join(folder, "cache"),
    OPENAI_BASE_URL: model.url,
    OPENAI_API_KEY: KEY,
  });
  const client = await connected(served.url, TOKEN);
  const asking = await connected(served.url, AGENT_TOKEN);
  try {
    const call = (name: string, args: Readonly<Record<string, unknown>>) =>
      client.callTool({ name, arguments: { ...args } });
    const page = await call("list_agents", {});
    const plain = await bytes(JSON.stringify(page));
    const lists: { readonly ours: number; readonly floor: number }[] = [];
    for (let round = 0; round < LISTS; round += 1)
      lists.push({ floor: await timed(plain.read), ours: await timed(() => call("list_agents", {})) });
    const refusals: { readonly ours: number; readonly floor: number }[] = [];
    for (let round = 0; round < REFUSALS; round += 1) {
      const asked = { tenant: "tenant-00", name: `child-${round}`, template: "support-agent" };
      const floor = await timed(plain.read);
      const ours = await timed(async () => {
        const { isError, content } = await asking.callTool({ name: "create_agent", arguments: asked });
        if (isError !== true) throw new Error(JSON.stringify(content));
      });
      refusals.push({ ours, floor });
    }
    await plain.close();
    const edits: { readonly ours: number; readonly floor: number }[] = [];
    for (let round = 0; round < EDITS; round += 1) {
      const agent = `tenant-${String(round).padStart(2, "0")}/triage-${round}`;
      const edit = { pointer: "/spec/scaling/max", value: 20 + round, why: "More customers" };
      const floor = await timed(() => gitWrite(bare, round));
      const ours = await timed(async () => {
        const { isError, content } = await call("propose_edit", { agent, edits: [edit] });
        if (isError === true) throw new Error(JSON.stringify(content));
      });
      edits.push({ ours, floor });
    }
    const requests: { readonly ours: number; readonly floor: number }[] = [];
    for (let round = 0; round < REQUESTS; round += 1) {
      const floor = await timed(() => gitWrite(bare, EDITS + round));
      const ours = await timed(async () => {
        const { isError, content } = await call("create_agent", { words: `an agent that greets, number ${round}` });
        if (isError === true) throw new Error(JSON.stringify(content));
      });
      requests.push({ ours, floor });
    }
    return [
      row(
        `MCP list_agents, ${AGENTS} agents, a page: p50, p95`,
        "a bare HTTP server sends the same bytes",
        lists,
        "reported",
      ),
      row(
        "MCP create_agent, refused since there is no grant: p50, p95",
        "a bare HTTP server sends a page",
        refusals,
        "reported",
      ),
      row(
        "MCP propose_edit → pull request on disk: p50, p95",
        "Git alone writes such a commit and its ref",
        edits,
        "p95 < 1 s",
      ),
      row(
        "MCP create_agent in words → pull request on disk, the model answers at once: p50, p95",
        "the same",
        requests,
        "p95 < 1 s",
      ),
    ];
  } finally {
    await client.close();
    await asking.close();
    await served.stop();
    await model.stop();
    rmSync(folder, { recursive: true });
  }
}

async function connected(url: string, token: string): Promise<Client> {
  const client = new Client({ name: "bench", version: "1.0.0" });
  const headers = { authorization: `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }));
  return client;
}

function row(
  what: string,
  floor: string,
  measured: readonly { readonly ours: number; readonly floor: number }[],
  reach: string,
): Row {
  const ours = measured.map((one) => one.ours).toSorted((a, b) => a - b);
  const p95 = ours[Math.ceil(ours.length * 0.95) - 1] ?? 0;
  const ratio = median(measured.map((one) => one.ours / one.floor));
  return {
    what,
    floor: `${floor}: ${milliseconds(median(measured.map((one) => one.floor)))}`,
    measured: `${milliseconds(median(ours))}, ${milliseconds(p95)} (${times(ratio)})`,
    reach,
  };
}

/** Writes a commit like those of a small edit, and a branch for it. */
function gitWrite(bare: string, round: number): void {
  const git = (input: string, ...args: readonly string[]) =>
    execFileSync("git", ["-C", bare, "-c", "user.name=bench", "-c", "user.email=bench@example.com", ...args], { input })
      .toString()
      .trim();
  git(`text ${round}`, "hash-object", "-w", "--stdin");
  const commit = git("", "commit-tree", "main^{tree}", "-p", "main", "-m", `Edit ${round}`);
  git("", "update-ref", `refs/heads/bench/${round}`, commit);
}

/** A server that sends these bytes, and nothing else. */
async function bytes(text: string) {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(200, { "content-type": "application/json" }).end(text));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const read = async () =>
    void (await (await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "{}" })).json());
  return { read, close: () => new Promise<void>((done) => void server.close(() => done())) };
}

/** What the model wants: an agent without an image, with a Secret that agents of the tenant use. */
function greeter(number = "0") {
  const answer = agentAnswer({
    tenant: `tenant-0${Number(number) % 10}`,
    name: `greeter-${number}`,
    spec: {
      description: `Greets customers, ${number}`,
      instructions: { inline: "Greet whoever writes, in German." },
      model: { name: "gpt-5-mini", apiKeySecretRef: { name: "llm", key: "api-key" } },
    },
  });
  return JSON.parse(JSON.stringify(answer));
}

async function serve(
  bare: string,
  own: Readonly<Record<string, string>>,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const child = spawn(
    process.execPath,
    [MAIN, "serve", "--port", "0", "--interval", "1h", "--deadline", "10m", "--repo", bare],
    {
      env: { PATH: process.env.PATH, ...own, API_TOKENS: JSON.stringify(OWNERS) },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let url = "";
  for await (const text of createInterface({ input: child.stdout })) {
    const line: { readonly msg: string; readonly url?: string } = JSON.parse(text);
    if (line.msg === "listening") url = line.url ?? "";
    if (line.msg === "repository reconciled") break;
  }
  child.stdout.resume();
  const stop = () =>
    new Promise<void>((done) => {
      child.on("exit", () => done());
      child.kill("SIGTERM");
    });
  return { url, stop };
}
