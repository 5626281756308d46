import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What a program said, and whether it found nothing wrong. */
export interface Opinion {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs a program that says with its status whether it found something wrong. Throws where it does not start. */
export async function ask(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Opinion> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { ...options, maxBuffer: 256 << 20 });
    return { ok: true, output: stdout };
  } catch (error) {
    if (!(error instanceof Error && "stdout" in error && "stderr" in error && "code" in error)) throw error;
    if (typeof error.code !== "number") throw error;
    return { ok: false, output: `${error.stdout}${error.stderr}` };
  }
}
