/**
 * The floor of the stock agent: the OpenAI Agents SDK in the smallest HTTP server, which answers a text by `run(agent, text)`. It keeps
 * nothing, limits nothing and counts nothing. Arguments: the model's base URL, its key, the port.
 */
import { createServer } from "node:http";
import { Agent, Runner } from "@openai/agents-core";
import { OpenAIResponsesModel } from "@openai/agents-openai";
import OpenAI from "openai";

const [baseURL, apiKey, port] = process.argv.slice(2);
const client = new OpenAI({ baseURL: baseURL ?? "", apiKey: apiKey ?? "" });
const model = new OpenAIResponsesModel(client, "gpt-5-mini");
const agent = new Agent({ name: "answerer", instructions: "Answer in one sentence.", model });
const runner = new Runner({ tracingDisabled: true });

createServer(async (request, response) => {
  if (request.method === "GET") return response.end("ok\n");
  let text = "";
  for await (const part of request.setEncoding("utf8")) text += part;
  const result = await runner.run(agent, text);
  response.end(result.finalOutput ?? "");
}).listen(Number(port), "127.0.0.1");
