import OpenAI from "openai";
import { afterEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { KEY, type OpenAIOptions, startOpenAI, type TestOpenAI } from "./server.ts";
import { strictProblem } from "./strict-schema.ts";
import type { Script, Turn } from "./transcript.ts";

const SHAPE = { type: "object", properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false };
const NOTE = { type: "function", name: "note", parameters: SHAPE, strict: true, description: "Notes it" } as const;
const CALL: Turn = { kind: "calls", calls: [{ name: "note", arguments: '{"a":"x"}' }] };
const DONE = { kind: "say", text: "done" } as const;

/** A list in a list … around an object: so many levels in all. */
function nested(levels: number): object {
  let inner: object = SHAPE;
  for (let level = 2; level < levels; level += 1) inner = { type: "array", items: inner };
  return { ...SHAPE, properties: { a: inner } };
}

const Answer = z.object({ error: z.object({ message: z.string() }).nullish() });

const started: TestOpenAI[] = [];
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop();
});

async function openAI(script: Script, options: OpenAIOptions = {}): Promise<TestOpenAI> {
  const server = await startOpenAI(script, options);
  started.push(server);
  return server;
}

/** Posts a body as it is; the status and OpenAI's word for what is wrong. */
async function post(
  server: TestOpenAI,
  path: "responses" | "chat/completions",
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly [status: number, said: string]> {
  const response = await fetch(`${server.url}/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const { error } = Answer.parse(await response.json());
  return [response.status, error?.message ?? "fine"];
}

const asks = <T extends object>(more?: T) => ({ model: "gpt-5-mini", input: "hello", ...more });
const chats = <T extends object>(more?: T) => ({
  model: "gpt-5-mini",
  messages: [{ role: "user" as const, content: "hello" }],
  ...more,
});

describe("what both APIs want", () => {
  test.each([
    ["responses", asks()],
    ["chat/completions", chats()],
  ] as const)("%s: a key, JSON, a model that there is, and no stream", async (path, body) => {
    const server = await openAI(() => DONE);
    expect(await post(server, path, body)).toEqual([200, "fine"]);
    expect((await post(server, path, body, { authorization: "" }))[0]).toBe(401);
    expect(await post(server, path, body, { authorization: "Bearer sk-other" })).toEqual([
      401,
      "Incorrect API key provided.",
    ]);
    expect((await post(server, path, body, { "content-type": "text/plain" }))[0]).toBe(415);
    expect(await post(server, path, { ...body, model: "gpt-9" })).toEqual([
      404,
      "The model `gpt-9` does not exist or you do not have access to it.",
    ]);
    expect(await post(server, path, { ...body, stream: true })).toEqual([400, "This server streams nothing."]);
    expect(await post(server, path, { ...body, colour: 1 })).toEqual([400, "Unknown parameter: 'colour'."]);
    expect((await post(server, path, { ...body, temperature: "warm" }))[0]).toBe(400);
  });

  test("no other address", async () => {
    const server = await openAI(() => DONE);
    const response = await fetch(`${server.url}/assistants`, { headers: { authorization: `Bearer ${KEY}` } });
    expect(response.status).toBe(404);
  });
});

describe("strict schemas", () => {
  test.each([
    [SHAPE, undefined],
    [{ ...SHAPE, additionalProperties: true }, "to be false"],
    [{ ...SHAPE, required: [] }, "Missing 'a'"],
    [{ ...SHAPE, default: {} }, "'default' is not permitted"],
    [{ type: "array", items: SHAPE }, "must be a JSON Schema of 'type: \"object\"'"],
    [{ ...SHAPE, properties: { a: { type: "array" } } }, "missing items"],
    [{ ...SHAPE, properties: { a: { type: "text" } } }, "is no type"],
    [{ ...SHAPE, properties: { a: { oneOf: [] } } }, "'oneOf' is not permitted"],
    [{ ...SHAPE, properties: { a: { type: "object", properties: { b: {} }, required: [] } } }, "to be false"],
    [{ ...SHAPE, properties: { a: { type: "array", items: { ...SHAPE, required: [] } } } }, "Missing 'a'"],
    [{ ...SHAPE, anyOf: [SHAPE] }, "type"],
    [nested(10), undefined],
    [nested(11), "nested deeper than 10 levels"],
    [{ ...SHAPE, properties: { a: { anyOf: [SHAPE, SHAPE] } } }, "share the first key 'a'"],
    [{ ...SHAPE, properties: { a: { type: "string", default: "x" } } }, "'default' is not permitted"],
    [
      { ...SHAPE, properties: { a: { type: "object", patternProperties: {} } } },
      "'patternProperties' is not permitted",
    ],
    [{ ...SHAPE, properties: { a: { type: "integer", enum: Array.from({ length: 1001 }, (_, n) => n) } } }, "1000"],
    [{ ...SHAPE, properties: { a: { type: "string", enum: Array(300).fill("x".repeat(60)) } } }, "15000"],
    [{ ...SHAPE, properties: { a: { type: "string", enum: ["x".repeat(120_001)] } } }, "120000"],
  ])("%j: %s", (schema, problem) => {
    const found = strictProblem(schema);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
  });

  test("are wanted of tools and answers in both APIs", async () => {
    const server = await openAI(() => DONE);
    const loose = { ...SHAPE, required: [] };
    const format = (schema: object, strict = true) => ({ type: "json_schema", name: "output", schema, strict });
    const said = async (path: "responses" | "chat/completions", body: object) => (await post(server, path, body))[0];
    expect(await said("responses", asks({ tools: [NOTE], text: { format: format(SHAPE) } }))).toBe(200);
    expect(await said("responses", asks({ tools: [{ ...NOTE, strict: false }] }))).toBe(400);
    expect(await said("responses", asks({ tools: [{ ...NOTE, parameters: loose }] }))).toBe(400);
    expect(await said("responses", asks({ text: { format: format(loose) } }))).toBe(400);
    expect(await said("responses", asks({ text: { format: format(SHAPE, false) } }))).toBe(400);
    const { type: _, name, description, parameters } = NOTE;
    const tool = (schema: object, strict = true) => ({
      type: "function",
      function: { name, description, parameters: schema, strict },
    });
    const answers = (schema: object) => ({
      response_format: { type: "json_schema", json_schema: { name: "output", schema, strict: true } },
    });
    expect(await said("chat/completions", chats({ tools: [tool(parameters)], ...answers(SHAPE) }))).toBe(200);
    expect(await said("chat/completions", chats({ tools: [tool(loose)] }))).toBe(400);
    expect(await said("chat/completions", chats({ tools: [tool(SHAPE, false)] }))).toBe(400);
    expect(await said("chat/completions", chats(answers(loose)))).toBe(400);
  });
});

describe("calls and their answers", () => {
  test("the Responses API wants each call answered once, before it speaks again, with what was thought before it", async () => {
    const server = await openAI([CALL, DONE]);
    const client = new OpenAI({ apiKey: KEY, baseURL: server.url, maxRetries: 0 });
    const first = await client.responses.create(asks({ tools: [NOTE] }));
    const [thought, call] = first.output;
    if (call?.type !== "function_call" || thought?.type !== "reasoning") throw new Error("no call");
    const output = { type: "function_call_output", call_id: call.call_id, output: "noted" } as const;
    const question = { role: "user", content: "hello" } as const;
    const refused = async (...items: readonly object[]) => (await post(server, "responses", asks({ input: items })))[1];
    expect(await refused(question, thought, call)).toBe(`No tool output found for function call ${call.call_id}.`);
    expect(await refused(question, output)).toContain("No tool call found");
    expect(await refused(question, thought, call, output, output)).toContain("No tool call found");
    expect(await refused(question, thought, call, { ...output, call_id: "call_9" })).toContain("call_9");
    expect(await refused(question, call, output)).toContain("without its required 'reasoning' item");
    const other = { ...call, id: "fc_x", call_id: "call_x" };
    expect(await refused(question, thought, call, output, other)).toContain("No tool output found");
    expect(await refused(question, thought, call, call, output)).toContain("Duplicate call_id");
    const second = await client.responses.create(asks({ input: [question, thought, call, output] }));
    expect(second.output_text).toBe("done");
  });

  test("the Chat API wants each call answered once, and at once", async () => {
    const server = await openAI([CALL, DONE]);
    const client = new OpenAI({ apiKey: KEY, baseURL: server.url, maxRetries: 0 });
    const question = { role: "user", content: "hello" } as const;
    const first = await client.chat.completions.create(chats());
    const message = first.choices[0]?.message;
    const id = message?.tool_calls?.[0]?.id ?? "";
    expect(first.choices[0]?.finish_reason).toBe("tool_calls");
    const asked = { role: "assistant", content: null, tool_calls: message?.tool_calls };
    const output = { role: "tool", tool_call_id: id, content: "noted" };
    const refused = async (...items: readonly object[]) =>
      (await post(server, "chat/completions", chats({ messages: items })))[1];
    expect(await refused(question, asked)).toContain(`did not have response messages: ${id}`);
    expect(await refused(question, asked, question, output)).toContain("did not have response messages");
    expect(await refused(question, output)).toContain("must be a response to a preceeding message");
    expect(await refused(question, asked, output, output)).toContain("must be a response");
    expect(await refused(question, asked, { ...output, tool_call_id: "call_9" })).toContain("must be a response");
    expect(await refused(question, asked, output)).toBe("fine");
  });
});

describe("faults", () => {
  const failing = async (script: Script) => {
    const server = await openAI(script);
    const client = new OpenAI({ apiKey: KEY, baseURL: server.url, maxRetries: 0, timeout: 300 });
    return client.responses.create(asks()).then(
      () => "fine",
      (error: unknown) => (error instanceof Error ? error.constructor.name : "?"),
    );
  };
  test.each([
    ["RateLimitError", { kind: "error", status: 429, headers: { "retry-after": "1" } }],
    ["InternalServerError", { kind: "error", status: 500 }],
    ["APIConnectionTimeoutError", { kind: "hang" }],
    ["SyntaxError", { kind: "raw", body: '{"id": ' }],
    ["TypeError", { kind: "cut-off" }],
  ] as const)("%s", async (name, turn) => {
    expect(await failing([turn])).toBe(name);
  });

  test("a refusal, and an answer for which there was no room, in both APIs", async () => {
    const server = await openAI((_, before) =>
      before % 2 === 0 ? { kind: "refuse", text: "I would rather not." } : { kind: "cut-short", text: '{"a":' },
    );
    const client = new OpenAI({ apiKey: KEY, baseURL: server.url, maxRetries: 0 });
    expect(JSON.stringify(await client.responses.create(asks()))).toContain('"refusal":"I would rather not."');
    expect((await client.responses.create(asks())).status).toBe("incomplete");
    const chat = async () => (await client.chat.completions.create(chats())).choices[0];
    expect((await chat())?.message.refusal).toBe("I would rather not.");
    expect((await chat())?.finish_reason).toBe("length");
  });
});
