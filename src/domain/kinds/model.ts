import * as z from "zod";
import { LanguageModel } from "../agent/agent-model.ts";
import { deepPartial } from "../values/deep-partial.ts";
import { mapOf } from "../values/map-of.ts";
import { DnsLabel } from "../values/scalars.ts";
import { apiVersion, kind, Metadata, MOST_ENVIRONMENTS, TenantName } from "./kind-header.ts";

const ModelOverlay = deepPartial(LanguageModel).describe("What differs in this environment");

/** A language model that many agents share: what their `spec.model` starts from. */
export const Model = z
  .strictObject({
    apiVersion,
    kind: kind("Model"),
    metadata: Metadata,
    spec: z
      .strictObject({
        tenants: z
          .array(TenantName)
          .min(1)
          .max(256)
          .optional()
          .describe("Tenants whose agents may use it; left out: all"),
        ...LanguageModel.partial().shape,
        provider: LanguageModel.shape.provider,
        environments: mapOf(DnsLabel, ModelOverlay, MOST_ENVIRONMENTS)
          .optional()
          .describe("Overlays: what differs in an environment"),
      })
      .describe("What an agent's spec.model may hold; a Secret is looked up in the namespace of each agent"),
  })
  .describe("A language model that many agents share, by spec.modelRef");
export type Model = z.infer<typeof Model>;
