import { stripVTControlCharacters } from "node:util";
import type { LogTemplate } from "../domain/alert/evidence.ts";

type Level = LogTemplate["level"];

/** The message of a line, and its level. */
export interface ReadLine {
  readonly message: string;
  readonly level: Level;
}

/** Characters of a line that are read. */
const LONGEST = 2000;

/**
 * The message and level of a line, without colours and invisible characters: from the usual fields of JSON and logfmt, else from
 * the text.
 */
export function readLine(line: string): ReadLine {
  const text = plainText(line.slice(0, LONGEST));
  return (
    (text.startsWith("{") ? readJson(text) : readLogfmt(text)) ?? { message: text, level: levelOf(text.slice(0, 200)) }
  );
}

/** A text as a reader sees it: without marks that change its direction or join letters, and without half characters. */
function plainText(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\r\u0085\u2028\u2029]+/g, " ")
    .replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}]/gu, "");
}

function readJson(text: string): ReadLine | undefined {
  const parsed = parseJson(text);
  const field = (...names: readonly string[]) => {
    for (const name of names) {
      const value: unknown = typeof parsed === "object" && parsed !== null ? Reflect.get(parsed, name) : undefined;
      if (typeof value === "string" || typeof value === "number") return value;
    }
    return undefined;
  };
  const message = field("message", "msg", "event", "log", "error");
  if (typeof message !== "string") return undefined;
  const level = field("level", "severity", "lvl", "levelname");
  return {
    message: plainText(message),
    level: typeof level === "number" ? levelOfPino(level) : levelOf(level ?? message),
  };
}

/** A line that only looks like JSON is text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `level=info msg="…"`, as Go's programs and Dapr's sidecar write. */
function readLogfmt(text: string): ReadLine | undefined {
  const [, message] = /(?:^|\s)(?:msg|message)="((?:[^"\\]|\\.){1,1900})"/.exec(text) ?? [];
  if (message === undefined) return undefined;
  const [, level] = /(?:^|\s)(?:level|lvl|severity)="?(\w{1,20})/.exec(text) ?? [];
  return { message: message.replace(/\\(["\\])/g, "$1"), level: levelOf(level ?? message) };
}

/** The numbers that pino and bunyan write. */
function levelOfPino(level: number): Level {
  if (level >= 60) return "fatal";
  if (level >= 50) return "error";
  if (level >= 40) return "warn";
  return level >= 30 ? "info" : "debug";
}

const WORD =
  /(?:^|[^a-z])(fatal|panic|critical|error|exception|traceback|warn|warning|info|debug|trace)(?![a-z])|^([IWEF])\d{4} /i;

function levelOf(text: string): Level {
  const [, word = "", letter = ""] = WORD.exec(text) ?? [];
  switch ((word || letter).toLowerCase()) {
    case "fatal":
    case "panic":
    case "critical":
    case "f":
      return "fatal";
    case "error":
    case "exception":
    case "traceback":
    case "e":
      return "error";
    case "warn":
    case "warning":
    case "w":
      return "warn";
    case "info":
    case "i":
      return "info";
    case "debug":
    case "trace":
      return "debug";
    default:
      return "unknown";
  }
}
