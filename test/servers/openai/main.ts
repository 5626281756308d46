import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { KEY, startOpenAI } from "./server.ts";
import { replaying, Transcript } from "./transcript.ts";

const USAGE = `node test/servers/openai/main.ts [--port 4100] [--transcript FILE] [--model gpt-5-mini]

Starts an OpenAI on loopback that replays a recorded conversation for whoever asks, in the Responses and in the Chat API,
and says what to export so that RAOS asks it.`;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "4100" },
    transcript: { type: "string", default: join(import.meta.dirname, "transcripts/out-of-memory.json") },
    model: { type: "string", default: "gpt-5-mini" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(USAGE);
else await main();

async function main(): Promise<void> {
  const transcript = Transcript.parse(JSON.parse(await readFile(values.transcript, "utf8")));
  const openai = await startOpenAI(replaying(transcript), { port: Number(values.port), models: [values.model] });
  console.log(`${transcript.about}\n\nexport OPENAI_BASE_URL=${openai.url} OPENAI_API_KEY=${KEY}`);
  const stop = () => void openai.stop().then(() => process.exit(0));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}
