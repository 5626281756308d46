import type { Path } from "../../domain/values/scalars.ts";
import { MAX_PROMPT_BYTES } from "../yaml/yaml-limits.ts";
import { decode } from "./decode.ts";

/** The text of a prompt file, with LF line ends, or why it cannot be read. */
export type Prompt =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "fault"; readonly message: string };

/**
 * Reads the prompt file that a spec names: a path from the root of the repository, of a regular file (`read` returns
 * undefined for any other), UTF-8, at most 256 KiB.
 */
export function readPrompt(path: Path, read: (path: Path) => Uint8Array | undefined): Prompt {
  const wrong = pathFault(path);
  if (wrong !== undefined) return { kind: "fault", message: wrong };
  const bytes = read(path);
  if (bytes === undefined)
    return {
      kind: "fault",
      message: `no file ${path} in this repository; add it, or correct the path (from the root; no symbolic link)`,
    };
  const decoded = decode(path, bytes, MAX_PROMPT_BYTES, "prompt");
  if (decoded.kind === "text") {
    const text = decoded.text.replace(/\r\n?/g, "\n");
    return text.trim() === ""
      ? { kind: "fault", message: `${path} is empty; write the prompt` }
      : { kind: "text", text };
  }
  const { line, column, message } = decoded.problem;
  return { kind: "fault", message: `${path}:${line}:${column} ${message}` };
}

/** Why a path cannot name a file of the repository; undefined where it can. */
export function pathFault(path: string): string | undefined {
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path))
    return "an absolute path; write it from the root of the repository, such as prompts/triage.md";
  if (path.includes("\\")) return "a backslash in the path; write /";
  const segments = path.split("/");
  if (segments.includes(".."))
    return "the path leaves its folder with '..'; write it from the root of the repository, such as prompts/triage.md";
  if (segments.some((segment) => segment === "" || segment === "." || segment.toLowerCase() === ".git"))
    return "not a plain path; write it from the root of the repository, such as prompts/triage.md";
  return undefined;
}
