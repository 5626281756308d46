import { spawn } from "node:child_process";

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end and returns what it printed. Throws an error with the end of its output where it fails. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    let complaints = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaints += text;
    });
    child.on("error", (cause) => reject(new Error(`${program} does not start: ${cause.message}`, { cause })));
    child.on("close", (status, signal) => {
      if (status === 0) return resolve(printed);
      const end = lastLines(complaints.trim() || printed.trim());
      reject(new Error(`${program} ${args[0] ?? ""} ended with ${status ?? signal}:\n${end}`));
    });
  });
}

/** The end of an output, without the downloads that Go names one by one before it says what went wrong. */
function lastLines(text: string): string {
  const lines = text.split("\n").filter((line) => !line.startsWith("go: downloading "));
  return lines.slice(-15).join("\n");
}
