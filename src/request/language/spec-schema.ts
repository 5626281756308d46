import * as z from "zod";
import { AgentFields } from "../../domain/kinds/kinds.ts";
import type { JsonSchema } from "../../spec/schema/schema.ts";
import { isMap } from "../../spec/values.ts";
import { isLeftOut } from "./left-out.ts";
import { strictSchema } from "./strict-schema.ts";

let known: { readonly plain: JsonSchema; readonly strict: JsonSchema } | undefined;

/** The schema of one layer of a spec: as files have it, and as a model gets it, without what words cannot set. */
export function specSchemas(): { readonly plain: JsonSchema; readonly strict: JsonSchema } {
  known ??= deriveSchemas();
  return known;
}

function deriveSchemas() {
  const plain: unknown = z.toJSONSchema(AgentFields, { io: "input" });
  if (!isMap(plain)) throw new TypeError("the schema of a spec is no object");
  return { plain, strict: strictSchema(plain, isLeftOut) };
}
