import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import type { Alert } from "../domain/alert/alert.ts";
import { readAlerts } from "../domain/alert/alert-payload.ts";
import { OutsideError, type Shell, UsageError } from "./shell.ts";

/** Most bytes of a file of alerts. */
const LARGEST = 64 * 1024 * 1024;

/**
 * The alerts in a file (`-`: standard input), which holds one payload, or one payload per line. Throws UsageError where a
 * payload cannot be read, OutsideError where the file cannot be opened.
 */
export async function alertsIn(shell: Shell, file: string): Promise<readonly Alert[]> {
  const content = await contentOf(shell, file);
  const payloads = parsePayloads(content, file);
  const read = payloads.map((payload) => readAlerts(payload, shell.now()));
  const [problem] = read.flatMap((one) => one.problems);
  const alerts = read.flatMap((one) => one.alerts).map((alert) => ({ ...alert, sender: "file" }) as const);
  if (alerts.length === 0 && problem !== undefined) throw new UsageError(`${file}: ${problem}`);
  if (problem !== undefined) shell.err(`raos: ${file}: ${problem}\n`);
  const truncated = read.reduce((sum, one) => sum + one.truncated, 0);
  if (truncated > 0) shell.err(`raos: ${file}: the sender left out ${truncated} alerts\n`);
  return alerts;
}

async function contentOf(shell: Shell, file: string): Promise<string> {
  if (file === "-") return text(shell.input());
  try {
    await using handle = await open(resolve(shell.cwd, file));
    if ((await handle.stat()).size > LARGEST) throw new UsageError(`${file} is larger than 64 MiB`);
    return await handle.readFile("utf8");
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new OutsideError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** One JSON document, or JSON lines. */
function parsePayloads(content: string, file: string): readonly unknown[] {
  try {
    return [JSON.parse(content)];
  } catch {
    return content
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line, index) => {
        try {
          return JSON.parse(line);
        } catch {
          throw new UsageError(`${file}:${index + 1}: no JSON; give a webhook payload, or one a line`);
        }
      });
  }
}
