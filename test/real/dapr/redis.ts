import { toolPath } from "../../../tools/find.ts";
import { startChild, untilReady } from "../process/child.ts";
import { freePorts } from "../process/loopback.ts";

/** A Redis on loopback that keeps nothing on disk. */
export interface Redis {
  readonly host: string;
  readonly password: string;
  stop(): Promise<void>;
}

/** Starts Redis; `host` is `address:port`, as Dapr's `redisHost` wants it. */
export async function startRedis(password = ""): Promise<Redis> {
  const [port = 0] = await freePorts(1);
  const args = ["--bind", "127.0.0.1", "--port", `${port}`, "--save", "", "--appendonly", "no", "--dir", "/tmp"];
  const server = startChild(toolPath("redis-server"), [
    ...args,
    ...(password === "" ? [] : ["--requirepass", password]),
  ]);
  await untilReady(server, "redis-server", async () => server.log().includes("Ready to accept connections"));
  return { host: `127.0.0.1:${port}`, password, stop: () => server.stop() };
}
