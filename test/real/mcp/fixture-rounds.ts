import { acceptedContent, inputRequired, inputResponse, type McpServer } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { Rounds } from "../../../src/mcp/rounds.ts";

const said = (value: string) => ({ content: [{ type: "text", text: value } as const] });
const Name = z.object({ name: z.string() });
const Color = z.object({ color: z.string() });
const form = (message: string, requestedSchema: z.ZodObject) => inputRequired.elicit({ message, requestedSchema });
const ask = (words: string, maxTokens: number) =>
  inputRequired.createMessage({ messages: [{ role: "user", content: { type: "text", text: words } }], maxTokens });

/** The suite's tools that ask something first; what they remember is signed as RAOS signs it. */
export function registerRounds(server: McpServer, rounds: Rounds): void {
  const tool = "test_input_required_result";
  const description = "asks first";
  server.registerTool(`${tool}_elicitation`, { description }, ({ mcpReq }) => {
    const answer = acceptedContent(mcpReq.inputResponses, "user_name", Name);
    return answer === undefined
      ? inputRequired({ inputRequests: { user_name: form("What is your name?", Name) } })
      : said(`Hello, ${answer.name}!`);
  });
  server.registerTool(`${tool}_sampling`, { description }, ({ mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, "capital_question");
    return answer.kind === "sampling"
      ? said(JSON.stringify(answer.result.content))
      : inputRequired({ inputRequests: { capital_question: ask("What is the capital of France?", 100) } });
  });
  server.registerTool(`${tool}_list_roots`, { description }, ({ mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, "client_roots");
    return answer.kind === "roots"
      ? said(answer.roots.map(({ uri }) => uri).join(" "))
      : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  });
  const state = { digest: "", questions: [] };
  for (const name of ["request_state", "tampered_state"])
    server.registerTool(`${tool}_${name}`, { description }, async (context) =>
      context.mcpReq.requestState() === undefined
        ? inputRequired({
            inputRequests: { confirm: form("Please confirm", z.object({ ok: z.boolean() })) },
            requestState: await rounds.mint(state, context),
          })
        : said("state-ok"),
    );
  server.registerTool(`${tool}_multiple_inputs`, { description }, async (context) =>
    context.mcpReq.requestState() === undefined
      ? inputRequired({
          inputRequests: {
            user_name: form("What is your name?", Name),
            greeting: ask("Generate a greeting", 50),
            client_roots: inputRequired.listRoots(),
          },
          requestState: await rounds.mint(state, context),
        })
      : said("thank you"),
  );
  server.registerTool(`${tool}_multi_round`, { description }, async (context) => {
    const { inputResponses } = context.mcpReq;
    if (acceptedContent(inputResponses, "step2", Color) !== undefined) return said("thank you");
    const isSecond = acceptedContent(inputResponses, "step1", Name) !== undefined;
    return inputRequired({
      inputRequests: isSecond
        ? { step2: form("Step 2: What is your favorite color?", Color) }
        : { step1: form("Step 1: What is your name?", Name) },
      requestState: await rounds.mint({ ...state, digest: isSecond ? "2" : "1" }, context),
    });
  });
}
