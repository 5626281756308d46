import { takeSignals } from "./app/signals.ts";
import { run } from "./cli/index.ts";

/** The composition root: the only reader of `process`. */

const { signal, hold, unread } = takeSignals(process);
// A reader such as `head` may close the pipe early. That is not an error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    if (stream === process.stdout) unread();
  });
}

const code = await run(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  terminal: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
  input: () => process.stdin,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  now: () => Date.now(),
  signal,
  hold,
});
process.exitCode = code;
// A stopped command does not wait for pending work, such as a request that a server does not answer.
if (signal.aborted) process.stdout.write("", () => process.exit(code));
