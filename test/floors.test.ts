import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

/** Folders in which nothing awaits, logs or reads a clock. */
const PURE = [
  ...["domain", "redaction", "logs", "spec", "compile", "policy", "grants", "remedy", "request"],
  ...["upgrade", "pr", "plan", "rollout", "verdict"],
];
/** Which folder may import which; "" is `src/main.ts`. What is not listed here is an arrow that ARCHITECTURE.md does not know. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  redaction: ["domain"],
  logs: ["domain"],
  spec: ["domain", "redaction"],
  compile: ["domain"],
  policy: ["domain", "spec"],
  grants: ["domain"],
  remedy: ["domain", "spec"],
  request: ["domain", "spec"],
  upgrade: ["domain"],
  pr: ["domain"],
  verdict: ["domain"],
  plan: ["domain", "spec", "compile"],
  rollout: ["domain"],
  // Input and output begin here.
  deadline: ["domain"],
  git: ["domain", "redaction", "deadline"],
  forge: ["domain", "redaction", "git", "deadline"],
  observe: ["domain", "redaction", "logs", "deadline"],
  model: ["domain", "deadline"],
  // The stock agent is a program of its own: nothing but its command imports it.
  agent: ["domain", "spec", "model", "http"],
  queue: ["domain", "deadline"],
  http: ["domain", "redaction", "queue", "deadline"],
  survey: ["domain", "spec", "compile", "plan", "git", "deadline"],
  pass: [...PURE, "deadline", "forge", "observe", "model", "survey"],
  causes: [...PURE, "deadline", "git", "forge", "observe", "model", "survey", "pass"],
  reconcile: [...PURE, "deadline", "git", "forge", "survey", "pass", "causes"],
  commands: [...PURE, "deadline", "forge", "survey", "pass", "causes", "reconcile", "checks"],
  checks: [...PURE, "deadline", "forge", "survey", "pass", "causes", "reconcile"],
  identity: ["domain", "deadline"],
  api: [
    ...PURE,
    ...["deadline", "forge", "observe", "model", "survey", "pass", "causes", "reconcile", "checks", "commands"],
    "identity",
  ],
  mcp: ["domain", "identity", "api"],
  a2a: ["domain", "identity", "api"],
  app: [
    ...PURE,
    ...["identity", "api", "mcp", "a2a"],
    "deadline",
    "git",
    "forge",
    "observe",
    "model",
    "queue",
    "http",
    "survey",
    "pass",
    "causes",
    "reconcile",
    "checks",
    "commands",
  ],
  cli: [
    ...PURE,
    "deadline",
    "git",
    "forge",
    "observe",
    "model",
    "queue",
    "http",
    "pass",
    "causes",
    "reconcile",
    "commands",
    "app",
    "agent",
  ],
  "": ["app", "cli"],
};
const FORBIDDEN: readonly [string, RegExp][] = [
  ["async", /\basync\b|\bawait\b/],
  [
    "node:fs and other I/O",
    /from "node:(fs|child_process|net|http|https|os|worker_threads|timers|dns|tls)(\/[a-z]+)?"/,
  ],
  ["a clock", /\bDate\.now\b|\bnew Date\(\)|\bperformance\./],
  ["process", /\bprocess\./],
  ["a log", /\bconsole\./],
  ["chance", /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/],
];

const ROOT = resolve(import.meta.dirname, "..");
const SRC = join(ROOT, "src");

interface Source {
  readonly path: string;
  readonly folder: string;
  readonly code: string;
}

describe("the floors of the house", () => {
  const sources = readSources();

  test("imports point down only", () => {
    expect(sources.flatMap(arrowsUp)).toEqual([]);
  });

  test("below the line nothing awaits, logs, or reads a clock, a file or the environment", () => {
    const found = sources.filter((source) => PURE.includes(source.folder)).flatMap(impurities);
    expect(found).toEqual([]);
  });

  test("only main.ts reads the environment of the process", () => {
    const readers = sources.filter((source) => /\bprocess\.env\b/.test(source.code)).map((source) => source.path);
    expect(readers).toEqual(["src/main.ts"]);
  });

  test("there is one way to a proposal, and one place that counts what may be opened", () => {
    const users = (pattern: RegExp) => sources.filter(({ code }) => pattern.test(code)).map(({ path }) => path);
    expect(users(/from "[^"]+\/propose\.ts"/)).toEqual(["src/pass/prepare.ts"]);
    expect(users(/limits\.(openPulls|pullsPerHour)\b(?!")/)).toEqual(["src/pass/budget.ts"]);
  });

  test("a wrong arrow and an impure line would be found", () => {
    const code = `import { git } from "${"../git/y.ts"}";\nawait x;`;
    const up = { path: "src/spec/x.ts", folder: "spec", code };
    expect(arrowsUp(up)).toEqual(["src/spec/x.ts imports git"]);
    expect(impurities(up)).toEqual(["src/spec/x.ts:2 has async"]);
  });
});

function readSources(): readonly Source[] {
  return readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => ({
      path: relative(ROOT, join(SRC, name)),
      folder: name.includes("/") ? (name.split("/")[0] ?? "") : "",
      code: withoutComments(readFileSync(join(SRC, name), "utf8")),
    }));
}

function arrowsUp(source: Source): readonly string[] {
  const allowed = MAY_IMPORT[source.folder];
  if (allowed === undefined) return [`${source.path} is in no known folder`];
  const imports = [...source.code.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) => match[1] ?? "");
  const targets = imports.map((specifier) => relative(SRC, resolve(ROOT, dirname(source.path), specifier)).split("/"));
  const folders = targets.map((parts) => (parts.length > 1 ? (parts[0] ?? "") : ""));
  if (source.folder === "" && source.path !== "src/main.ts") return [`${source.path} is in no folder`];
  const wrong = folders.filter((folder) => folder !== source.folder && !allowed.includes(folder));
  return [...new Set(wrong)].map((folder) => `${source.path} imports ${folder}`);
}

function impurities(source: Source): readonly string[] {
  return source.code.split("\n").flatMap((line, index) => {
    const code = line.replace(/"(?:[^"\\]|\\.)*"(?!;?$)/g, '""');
    return FORBIDDEN.filter(([, pattern]) => pattern.test(code)).map(
      ([name]) => `${source.path}:${index + 1} has ${name}`,
    );
  });
}

/** Comments may speak of what the code may not do. Line numbers stay. */
function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, "")).replace(/(^|\s)\/\/.*$/gm, "$1");
}
