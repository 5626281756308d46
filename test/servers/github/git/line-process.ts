import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

/** What a question asks of the child's output so far: its answer and how many bytes that took, or undefined for "more". */
type Reader<T> = (output: Buffer) => { readonly value: T; readonly used: number } | undefined;

interface Waiting {
  readonly read: (output: Buffer) => number | undefined;
  readonly fail: (error: Error) => void;
}

/** A child process that answers one question after another over its standard input; started again when it died. */
export interface LineProcess {
  ask<T>(input: string, read: Reader<T>): Promise<T>;
  close(): void;
}

/** Starts `git` with these arguments on the first question. An answer fails with what git wrote to standard error. */
export function lineProcess(args: readonly string[], environment: NodeJS.ProcessEnv): LineProcess {
  let child: ChildProcessWithoutNullStreams | undefined;
  const start = (): ChildProcessWithoutNullStreams => {
    const made = spawn("git", args, { env: environment });
    const waiting: Waiting[] = [];
    let output: Buffer = Buffer.alloc(0);
    let errors = "";
    waitingOf.set(made, waiting);
    made.stderr.on("data", (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-4096);
    });
    made.stdin.on("error", () => {});
    made.stdout.on("data", (chunk: Buffer) => {
      output = output.length === 0 ? chunk : Buffer.concat([output, chunk]);
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        const used = next.read(output);
        if (used === undefined) return;
        output = output.subarray(used);
        waiting.shift();
      }
    });
    made.on("error", (error) => end(made, waiting, error));
    made.on("close", () => end(made, waiting, new Error(errors.trim() || "git ended")));
    return made;
  };
  const end = (ended: ChildProcessWithoutNullStreams, waiting: Waiting[], error: Error): void => {
    if (child === ended) child = undefined;
    for (const question of waiting.splice(0)) question.fail(error);
  };
  return {
    ask: <T>(input: string, read: Reader<T>): Promise<T> =>
      new Promise((resolve, fail) => {
        child ??= start();
        waitingOf.get(child)?.push({
          read: (output) => {
            const answer = read(output);
            if (answer !== undefined) resolve(answer.value);
            return answer?.used;
          },
          fail,
        });
        child.stdin.write(input);
      }),
    close: () => child?.stdin.end(),
  };
}

const waitingOf = new WeakMap<ChildProcessWithoutNullStreams, Waiting[]>();
