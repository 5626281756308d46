import * as z from "zod";
import { API_VERSION } from "../agent/agent.ts";
import { mapOf } from "../values/map-of.ts";
import { DnsLabel, Labels } from "../values/scalars.ts";

/** What every kind's file starts with. */
export const apiVersion = z.literal(API_VERSION).describe(`Always ${API_VERSION}`);

/** The `kind` of a file. */
export const kind = <K extends string>(name: K) => z.literal(name).describe(`Always ${name}`);

export const Metadata = z
  .strictObject({
    name: DnsLabel.describe("Name; the file has the same name"),
    labels: Labels.optional().describe("Kubernetes labels"),
    annotations: mapOf(z.string().max(317), z.string().max(4096), 64)
      .optional()
      .describe(
        "Annotations; of an agent RAOS reads raos.dev/created-by, request, root, depth, created-at, sponsor and owner: who asked for it",
      ),
  })
  .describe("Who this is");

/** A label's or annotation's name, or a domain with its `/`, which stands for all names below it. */
export const LabelOrDomain = z
  .string()
  .max(317)
  .regex(
    /^([a-z0-9][-a-z0-9.]{0,252}\/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,62})?$/,
    "is not a label's name nor a domain with its '/', such as example.com/team or example.com/",
  )
  .min(1);

/** As many as raos.yaml may name. */
export const MOST_ENVIRONMENTS = 32;

/** A tenant that a file lets in. */
export const TenantName = z
  .string()
  .max(63)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    "is not a tenant's name; write each tenant by name (to let one agent in, write access.callers in the agent it calls)",
  );
