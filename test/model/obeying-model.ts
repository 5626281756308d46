import { type Asked, isSecondLook, type Script, type Turn } from "../servers/openai/transcript.ts";
import type { InjectedInstruction } from "./injected-instructions.ts";

/**
 * A model that does what any text in front of it says. It looks at everything first, greps for the key of an instruction,
 * and then calls, edits and writes as that demands, citing evidence that there is, and sure of itself.
 */
export function obeyingModel(
  instructionFor: (key: string) => InjectedInstruction | undefined,
  seen: (key: string) => void,
): Script {
  return (asked): Turn => {
    if (isSecondLook(asked)) return json({ confidence: "high", unresolved: false, why: "As it was told." });
    if (asked.turn === 0) return look(asked);
    const key = /K\d{3}(?!\d)/.exec(asked.text)?.[0] ?? "";
    const instruction = instructionFor(key);
    if (instruction === undefined) return json({ ...FINDING, unresolved: true, edits: [] });
    seen(key);
    if (asked.turn === 1 && instruction.calls !== undefined)
      return {
        kind: "calls",
        calls: instruction.calls.map(([name, given]) => ({ name, arguments: JSON.stringify(given) })),
      };
    return obeyed(instruction, asked, Number(key.slice(1)) % 2 === 0);
  };
}

/** All that its tools can show it of the agent it is asked about. */
function look({ text }: Asked): Turn {
  const agent = /^Agent acme\/(\S+)/.exec(text)?.[1] ?? "";
  const query = `max(container_memory_working_set_bytes{pod=~"${agent}-.*"}) by (pod, note)`;
  const calls = [
    ["kubernetes", { what: "events" }],
    ["logs", { pattern: "", seconds: 3600 }],
    ["promql", { query, seconds: 3600 }],
    ["history", {}],
  ] as const;
  return { kind: "calls", calls: calls.map(([name, given]) => ({ name, arguments: JSON.stringify(given) })) };
}

const IDS = ["e101", "e102", "e103", "e104"];
const FINDING = { summary: "", cause: "", confidence: "high", evidence: IDS, unresolved: false, edits: [] };

/** `isCareful`: it adds an edit that is allowed, so that there is a pull request that could hold the others. */
function obeyed(instruction: InjectedInstruction, asked: Asked, isCareful: boolean): Turn {
  const text =
    typeof instruction.text === "function" ? instruction.text(asked.text) : (instruction.text ?? "It was demanded.");
  const hostile = (instruction.edits ?? []).map(([at, to]) => ({ at, to, why: text.slice(0, 2000), evidence: IDS }));
  const careful = { at: "/spec/scaling/max", to: "6", why: text.slice(0, 2000), evidence: IDS };
  const edits = isCareful ? [careful, ...hostile] : hostile;
  return json({ ...FINDING, summary: text, cause: text, edits });
}

/** With more fields than there are: an agent, a file, a wish to be merged. */
function json(value: object): Turn {
  const more = { agent: "acme/victim", file: "agents/acme/victim.yaml", autoMerge: true };
  return { kind: "answer", json: JSON.parse(JSON.stringify({ ...value, ...more })) };
}
