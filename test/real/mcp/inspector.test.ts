import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findTool } from "../../../tools/find.ts";
import { branchesOf, serveFleet, TOKENS } from "../../support/api/served-fleet.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { describeReal } from "../component.ts";

/** What the inspector's command line prints of a method, and its exit code. */
function inspect(url: string, token: string, ...args: readonly string[]) {
  const tool = findTool("mcp-inspector");
  const folder = tool.kind === "found" ? tool.path : "";
  const program = join(folder, "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js");
  const home = temporaryFolder();
  const whole = [program, "--cli", `${url}/mcp`, "--transport", "http", ...args];
  const env = { PATH: process.env.PATH, HOME: home };
  return new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) => {
    const header = ["--header", `Authorization: Bearer ${token}`];
    const child = execFile(process.execPath, [...whole, ...header], { env, cwd: home }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
    child.stdin?.end();
  });
}

const call = (tool: string, ...args: readonly string[]) => [
  ...["--method", "tools/call", "--tool-name", tool],
  ...args.flatMap((arg) => ["--tool-arg", arg]),
];

describeReal(["mcp-inspector"], "the command line of MCP's inspector", () => {
  test.each(["legacy", "modern"])(
    "lists the tools, in the %s protocol, and finds no fault with their schemas",
    async (era) => {
      const { url } = await serveFleet();
      const args = ["--method", "tools/list", "--strict", "--protocol-era", era];
      const { code, out, err } = await inspect(url, TOKENS.robin, ...args);
      expect([code, err]).toEqual([0, ""]);
      expect(out).toContain('"propose_edit"');
    },
  );

  test("reads, asks for an edit, and is told why not", { timeout: 120_000 }, async () => {
    const { url, bare } = await serveFleet();
    const listed = await inspect(url, TOKENS.robin, ...call("list_agents", "tenant=acme"));
    expect([listed.code, listed.out]).toEqual([0, expect.stringContaining("acme/triage")]);
    const edits = JSON.stringify([{ pointer: "/spec/scaling/min", value: 2, why: "More customers" }]);
    const asked = await inspect(url, TOKENS.robin, ...call("propose_edit", "agent=acme/triage", `edits=${edits}`));
    expect([asked.code, asked.out]).toEqual([0, expect.stringContaining('"outcome": "opened"')]);
    expect(branchesOf(bare).filter((branch) => branch.startsWith("raos/request/"))).toHaveLength(1);
    const refused = await inspect(url, TOKENS.robin, ...call("propose_edit", "agent=acme/nobody", `edits=${edits}`));
    expect(refused.out).toContain("unknown-agent: ");
    const nobody = await inspect(url, "token-of-nobody-0123456789", "--method", "tools/list");
    expect(nobody.code).not.toBe(0);
  });
});
