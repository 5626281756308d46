import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import * as z from "zod";
import { findTool } from "../../../tools/find.ts";
import { TOKENS } from "../../support/api/served-fleet.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** One check of a scenario. "untestable": it calls a tool of the suite's own, which the server does not have. */
const Checks = z.array(
  z.object({
    id: z.string(),
    status: z.string(),
    errorMessage: z.string().optional(),
    details: z.object({ untestable: z.boolean().optional() }).loose().optional(),
  }),
);

/** Runs a scenario of the suite on the MCP server at `url`; what failed, and how many checks passed or could not be made. */
export async function runScenario(url: string, scenario: string) {
  const tool = findTool("mcp-conformance");
  const folder = tool.kind === "found" ? tool.path : "";
  const program = join(folder, "node_modules/@modelcontextprotocol/conformance/dist/index.js");
  const out = temporaryFolder();
  const args = [program, "server", "--url", await withToken(url), "--scenario", scenario, "--output-dir", out];
  await new Promise<void>((resolve) => execFile(process.execPath, args, () => resolve()));
  const checks = readdirSync(out, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("checks.json"))
    .flatMap((file) => Checks.parse(JSON.parse(readFileSync(join(out, file), "utf8"))));
  const failures = checks.filter(({ status }) => status === "FAILURE");
  const failed = failures.filter(({ details }) => details?.untestable !== true);
  const passed = checks.filter(({ status }) => status !== "FAILURE" && status !== "SKIPPED");
  return {
    failed: failed.map(({ id, errorMessage }) => (errorMessage === undefined ? id : `${id}: ${errorMessage}`)),
    passed: passed.length,
    untestable: failures.length - failed.length,
  };
}

/** The suite sends no credential: it is added on the way. Everything else arrives as it was sent. */
async function withToken(target: string): Promise<string> {
  const { hostname, port } = new URL(target);
  const proxy = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, authorization: `Bearer ${TOKENS.robin}` };
    const { url: path, method } = incoming;
    const passed = request({ host: hostname, port, path, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const address = proxy.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/mcp`;
}
