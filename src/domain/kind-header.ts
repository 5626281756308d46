import * as z from "zod";
import { API_VERSION } from "./agent.ts";
import { mapOf } from "./map-of.ts";
import { DnsLabel, Labels } from "./scalars.ts";

/** What every kind's file starts with. */
export const apiVersion = z.literal(API_VERSION).describe(`Always ${API_VERSION}`);

/** The `kind` of a file. */
export const kind = <K extends string>(name: K) => z.literal(name).describe(`Always ${name}`);

export const Metadata = z
  .strictObject({
    name: DnsLabel.describe("Name; the file carries it too"),
    labels: Labels.optional().describe("Labels, as Kubernetes has them"),
    annotations: mapOf(z.string().max(317), z.string().max(4096), 64)
      .optional()
      .describe("Annotations; RAOS does not read them"),
  })
  .describe("Who this is");
