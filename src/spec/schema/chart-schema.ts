import * as z from "zod";
import { ExternalSecret } from "../../domain/agent/pod/external-secrets.ts";
import { JobFields } from "../../domain/agent/pod/job.ts";
import { Pod } from "../../domain/agent/pod/pod.ts";
import { ServiceAccount } from "../../domain/agent/pod/service-account.ts";
import { PublicHost } from "../../domain/agent/public-hosts.ts";
import type { Json } from "../../domain/values/scalars.ts";
import { isMap } from "../values.ts";

/** Parts of the chart's values that have the same shape as in the spec. */
const SHARED: readonly (readonly [section: string, field: string, schema: z.ZodType])[] = [
  ["runtime", "pod", Pod],
  ["runtime", "job", JobFields],
  ["runtime", "externalSecrets", z.array(ExternalSecret).describe("Secrets that External Secrets makes")],
  ["networking", "hosts", z.array(PublicHost).describe("Hosts under which the agent is reached from outside")],
  ["runtime", "serviceAccount", ServiceAccount],
];

/** `charts/agent/values.schema.json` with the parts that are made from the spec's own schemas. */
export function withSharedParts(chartSchema: Json): unknown {
  if (!isMap(chartSchema) || !isMap(chartSchema.properties)) return chartSchema;
  let properties: Readonly<Record<string, unknown>> = chartSchema.properties;
  for (const [section, field, schema] of SHARED) {
    const own = properties[section];
    if (!isMap(own) || !isMap(own.properties)) continue;
    const { $schema: _draft, ...made } = z.toJSONSchema(schema, { io: "input", target: "draft-7" });
    properties = { ...properties, [section]: { ...own, properties: { ...own.properties, [field]: made } } };
  }
  return { ...chartSchema, properties };
}
