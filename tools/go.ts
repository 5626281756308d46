import { run } from "./run.ts";

/** What the caller's environment might set would make another program of the same pin. */
const environment = { GOFLAGS: "", GOWORK: "off", GOOS: "", GOARCH: "" };

export interface GoOptions {
  readonly folder?: string;
  /** Whether parts in C are compiled, too. */
  readonly cgo?: boolean;
}

/** Runs the `go` command and returns what it printed. Throws where it fails, or where there is no Go. */
export async function go(args: readonly string[], { folder, cgo = false }: GoOptions = {}): Promise<string> {
  const env = { ...environment, CGO_ENABLED: cgo ? "1" : "0" };
  try {
    return await run("go", args, { env, ...(folder === undefined ? {} : { cwd: folder }) });
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("ENOENT"))) throw error;
    throw new Error("Go is needed to compile it, and is not on PATH: see https://go.dev/doc/install", { cause: error });
  }
}
