import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readAgentFiles } from "../../src/agent/read-config.ts";
import { temporaryFolder } from "../real/process/loopback.ts";
import { line } from "../support/specs/snapshot.ts";
import { agentConfig, writeAgentFiles } from "./support/agent-process.ts";

const endpoint = "http://127.0.0.1:9/v1";
const env = { OPENAI_API_KEY: "key" };

async function folderOf(own: Parameters<typeof agentConfig>[0]) {
  const folder = await temporaryFolder();
  onTestFinished(() => folder.remove());
  return { path: folder.path, file: await writeAgentFiles(folder.path, agentConfig(own)) };
}

async function problemsOf(file: string, variables: Readonly<Record<string, string>> = env) {
  const read = await readAgentFiles(file, variables);
  return read.kind === "read" ? [] : read.problems.map((problem) => line(problem).slice(file.length + 1));
}

test("a whole configuration is read with the prompt and the card beside it", async () => {
  const { file } = await folderOf({ endpoint });
  const read = await readAgentFiles(file, env);
  expect(read).toMatchObject({ kind: "read", instructions: "Answer in one sentence.", card: { name: "answerer" } });
});

test("a wrong value is told with its place", async () => {
  const { file } = await folderOf({ endpoint, port: 0 });
  expect(await problemsOf(file)).toEqual(["8:11 /port: 0 is too small; at least 1"]);
});

test("what the environment lacks is told with what names it", async () => {
  const headers = { Authorization: "${MCP_SHOP__AUTHORIZATION}" };
  const { file } = await folderOf({ endpoint, mcpServers: { shop: { type: "http", url: endpoint, headers } } });
  const [model = "", header = ""] = await problemsOf(file, {});
  expect(model).toMatch(/\/model: OPENAI_API_KEY is not set; name the Secret with the key in model.apiKeySecretRef$/);
  expect(header).toMatch(/\/mcpServers\/shop\/headers\/Authorization: MCP_SHOP__AUTHORIZATION is not set/);
});

test("a provider without an address of its own needs an endpoint", async () => {
  const { file } = await folderOf({ endpoint, model: { provider: "vertex", name: "gemini-2.5-pro" } });
  expect(await problemsOf(file)).toEqual([
    expect.stringContaining("nothing says where vertex is reached; write model.endpoint"),
  ]);
});

test("a missing prompt, a broken file and a missing one are told", async () => {
  const { path, file } = await folderOf({ endpoint });
  await rm(join(path, "instructions.md"));
  expect(await problemsOf(file)).toEqual([
    expect.stringMatching(/\/instructions: the file instructions.md cannot be read$/),
  ]);
  await writeFile(file, "{");
  expect(await problemsOf(file)).toHaveLength(1);
  expect(await problemsOf(join(path, "nothing.json"))).toEqual([
    "1:1 : cannot be read; name the agent.json that charts/agent writes",
  ]);
});
