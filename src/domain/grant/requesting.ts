import * as z from "zod";
import { Quantity } from "../values/scalars.ts";

const Amounts = z.object({ cpu: Quantity.optional(), memory: Quantity.optional() });
const Resources = z.object({ requests: Amounts.optional(), limits: Amounts.optional() });

/** What generated values say of requests and of the pods' annotations. Anybody who may push can write them, so they are parsed. */
export const RequestingValues = z.object({
  runtime: z
    .object({
      workload: z.string().optional(),
      resources: Resources.optional(),
      job: z.object({ parallelism: z.number().optional(), concurrencyPolicy: z.string().optional() }).optional(),
      pod: z
        .object({
          annotations: z.record(z.string(), z.string()).optional(),
          initContainers: z.array(z.object({ resources: Resources.optional() })).optional(),
        })
        .optional(),
    })
    .optional(),
  scaling: z.object({ min: z.number().optional(), max: z.number().optional() }).optional(),
  dapr: z
    .object({ sidecar: z.object({ cpuRequest: Quantity.optional(), memoryRequest: Quantity.optional() }).optional() })
    .optional(),
});
