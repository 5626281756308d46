import * as z from "zod";
import type { Json } from "../domain/values/scalars.ts";
import type { ApiScope } from "../identity/scopes.ts";
import type { ToolContext } from "./context.ts";

/**
 * What came of a call. "refused": `reason` is a fixed word that a program can act on, `message` says what to do. "questions": what has
 * to be known first; called again with the same arguments and `answers`, it is the same request.
 */
export type ToolResult<Value> =
  | { readonly kind: "done"; readonly value: Value }
  | { readonly kind: "questions"; readonly request: string; readonly questions: readonly string[] }
  | { readonly kind: "refused"; readonly reason: string; readonly message: string };

/** A tool, whatever protocol it is called by. */
export interface ApiTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
  readonly scope: ApiScope;
  /** Whether it takes something away. */
  readonly isDestructive: boolean;
  /** Parses the arguments, and does it. Throws GitError or ForgeError. */
  call(input: unknown, context: ToolContext): Promise<ToolResult<Json>>;
}

interface ToolSpec<In extends z.ZodObject, Out extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: In;
  readonly output: Out;
  readonly scope: ApiScope;
  readonly isDestructive?: boolean;
  readonly run: (input: z.infer<In>, context: ToolContext) => Promise<ToolResult<z.infer<Out>>>;
}

/** A tool from its schemas and what it does. */
export function defineTool<In extends z.ZodObject, Out extends z.ZodObject>(spec: ToolSpec<In, Out>): ApiTool {
  const { run, isDestructive = false, ...rest } = spec;
  return {
    ...rest,
    isDestructive,
    async call(input, context) {
      const parsed = spec.input.safeParse(input);
      if (!parsed.success) return refuseCall("wrong-arguments", z.prettifyError(parsed.error).slice(0, 1000));
      const result = await run(parsed.data, context);
      if (result.kind !== "done") return result;
      // What leaves is exactly what the schema says, as JSON.
      return { kind: "done", value: JSON.parse(JSON.stringify(spec.output.parse(result.value))) };
    },
  };
}

/** A refusal of a call. */
export function refuseCall(
  reason: string,
  message: string,
): { readonly kind: "refused"; readonly reason: string; readonly message: string } {
  return { kind: "refused", reason, message };
}
