import {
  CLIENT_CAPABILITIES_META_KEY,
  fromJsonSchema,
  inputRequired,
  type McpServer,
} from "@modelcontextprotocol/server";
import * as z from "zod";

const said = (text: string) => ({ content: [{ type: "text", text } as const] });
const Declared = z.looseObject({ sampling: z.unknown().optional(), elicitation: z.unknown().optional() });

/** The suite's tools with a schema that only JSON Schema 2020-12 can say, with a header for an argument, and one that asks what a client can. */
export function registerSchemas(server: McpServer): void {
  const text = { type: "string" } as const;
  server.registerTool(
    "json_schema_2020_12_tool",
    {
      description: "has every keyword",
      inputSchema: fromJsonSchema({
        $schema: "https://json-schema.org/draft/2020-12/schema",
        type: "object",
        $defs: { address: { $anchor: "addressDef", type: "object", properties: { street: text, city: text } } },
        properties: {
          name: text,
          address: { $ref: "#/$defs/address" },
          contactMethod: { type: "string", enum: ["phone", "email"] },
          phone: text,
          email: text,
        },
        allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
        if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: { required: ["phone"] },
        else: { required: ["email"] },
        additionalProperties: false,
      }),
    },
    () => said("ok"),
  );
  server.registerTool(
    "test_custom_header",
    {
      description: "mirrors an argument into a header",
      inputSchema: fromJsonSchema({
        type: "object",
        properties: { region: Object.assign({ ...text }, { "x-mcp-header": "Region" }) },
        required: ["region"],
      }),
    },
    () => said("ok"),
  );
  server.registerTool(
    "test_input_required_result_capabilities",
    { description: "asks what the client can" },
    ({ mcpReq }) => {
      const declared = Declared.safeParse(Reflect.get(mcpReq.envelope ?? {}, CLIENT_CAPABILITIES_META_KEY));
      const { sampling, elicitation } = declared.success ? declared.data : {};
      const question = {
        messages: [{ role: "user", content: { type: "text", text: "Greet" } }],
        maxTokens: 20,
      } as const;
      const form = { message: "Your name?", requestedSchema: z.object({ name: z.string() }) };
      return inputRequired({
        inputRequests: {
          ...(sampling === undefined
            ? {}
            : { greeting: inputRequired.createMessage({ ...question, messages: [...question.messages] }) }),
          ...(elicitation === undefined ? {} : { name: inputRequired.elicit(form) }),
        },
      });
    },
  );
}
