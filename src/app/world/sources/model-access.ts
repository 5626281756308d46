import type { Config } from "../../../domain/kinds/kinds.ts";
import type { Shell } from "../../shell.ts";
import { boundToken, OPENAI } from "../bound-token.ts";

/** What the model is asked with; or why it is not asked. No message holds a key or an address. */
export type ModelAccess =
  /** `endpoint` undefined: OpenAI itself. */
  | { readonly kind: "open"; readonly apiKey: string; readonly endpoint: string | undefined }
  | { readonly kind: "withheld"; readonly message: string }
  | { readonly kind: "off"; readonly message: string };

/** The address to which a key of OpenAI may always be sent. */
const OPENAI_HOME = ["https://api.openai.com"];

/**
 * The key and the endpoint of a model, from the environment and raos.yaml: `OPENAI_BASE_URL` replaces the configured endpoint, and
 * the key goes only where `boundToken` says. Throws UsageError where a variable holds no address.
 */
export function modelAccess(
  { OPENAI_API_KEY: key, OPENAI_BASE_URL: base, ...env }: Shell["env"],
  model: Config["spec"]["model"],
): ModelAccess {
  if (model === undefined) return { kind: "off", message: "raos.yaml names no model" };
  const endpoint = base ?? model.endpoint;
  // A compatible server on the same machine needs no key.
  const apiKey = key ?? (base === undefined ? undefined : "none");
  if (apiKey === undefined || apiKey === "") return { kind: "off", message: "OPENAI_API_KEY is not set" };
  if (base === undefined && endpoint !== undefined) {
    const bound = boundToken({ ...env, OPENAI_API_KEY: key }, OPENAI, endpoint, OPENAI_HOME);
    if (bound.kind === "withheld") return { kind: "withheld", message: bound.message };
  }
  return { kind: "open", apiKey, endpoint };
}
