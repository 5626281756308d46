import { type Message, type Part, Role, type SendMessageRequest, type Task } from "@a2a-js/sdk";
import { ClientFactory, JsonRpcTransportFactory, RestTransportFactory } from "@a2a-js/sdk/client";

/** A client of A2A's own SDK that found RAOS by its card; `binding` is the one that it prefers. */
export async function a2aClient(url: string, token: string, binding: "JSONRPC" | "HTTP+JSON" = "JSONRPC") {
  const fetchImpl: typeof fetch = (target, init) => {
    const headers = new Headers(init?.headers);
    headers.set("authorization", `Bearer ${token}`);
    return fetch(target, { ...init, headers });
  };
  const transports =
    binding === "JSONRPC" ? [new JsonRpcTransportFactory({ fetchImpl })] : [new RestTransportFactory({ fetchImpl })];
  return new ClientFactory({ transports, preferredTransports: [binding] }).createFromUrl(url);
}

/** A message that calls a tool. */
export function callMessage(tool: string, args: unknown, words = ""): SendMessageRequest {
  const data: Part = {
    content: { $case: "data", value: { tool, arguments: args } },
    ...{ metadata: undefined, filename: "", mediaType: "application/json" },
  };
  return messageOf(words === "" ? [data] : [data, textOf(words)]);
}

/** A text as a part of a message. */
export function textOf(value: string): Part {
  return { content: { $case: "text", value }, metadata: undefined, filename: "", mediaType: "text/plain" };
}

/** A message of these parts. */
export function messageOf(parts: Part[], more: Partial<Message> = {}): SendMessageRequest {
  return {
    tenant: "",
    message: {
      ...{ messageId: crypto.randomUUID(), contextId: "", taskId: "", role: Role.ROLE_USER, parts },
      ...{ metadata: undefined, extensions: [], referenceTaskIds: [] },
      ...more,
    },
    configuration: undefined,
    metadata: undefined,
  };
}

/** The data of the parts of a task's artifacts and of its status, or of a message. */
export function dataOf(found: Task | Message): readonly unknown[] {
  const parts =
    "messageId" in found
      ? found.parts
      : [...found.artifacts, ...[found.status?.message ?? { parts: [] }]].flatMap((one) => one.parts);
  return parts.flatMap(({ content }) => (content?.$case === "data" ? [content.value] : []));
}
