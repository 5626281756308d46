import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { StreamResponse, type Task, type TaskPushNotificationConfig } from "@a2a-js/sdk";
import { onTestFinished } from "vitest";

/** A push notification as it arrived. */
export interface ReceivedPush {
  readonly task: Task | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly path: string | undefined;
}

/** A receiver of push notifications on loopback; `answer` may answer in another way than with 200. */
export async function startPushReceiver(answer?: (response: ServerResponse, nth: number) => void) {
  const received: ReceivedPush[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const payload = text === "" ? undefined : StreamResponse.fromJSON(JSON.parse(text)).payload;
      const task = payload?.$case === "task" ? payload.value : undefined;
      received.push({ task, headers: request.headers, path: request.url });
      if (answer === undefined) response.end();
      else answer(response, received.length);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const states = () => received.map(({ task }) => task?.status?.state);
  return { url: `http://127.0.0.1:${port}`, port, received, states };
}

/** A push notification for that address. */
export function pushTo(url: string, more: Partial<TaskPushNotificationConfig> = {}): TaskPushNotificationConfig {
  return { tenant: "", id: "", taskId: "", url, token: "", authentication: undefined, ...more };
}
