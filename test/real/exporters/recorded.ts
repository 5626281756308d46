import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

/** Series by their labels, as a rule sees them, each with its value. */
export type Recorded = Readonly<Record<string, number>>;

const Answer = z.object({
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});

/** What differs from one run to the next, and no rule reads. */
const PASSING = [
  "instance",
  "job",
  "server_address",
  "server_port",
  "uid",
  "otel_scope_version",
  "otel_scope_schema_url",
];

/** The samples of an instant query of a Prometheus, but for labels that pass. */
export async function samplesOf(prometheus: string, query: string): Promise<Recorded> {
  const response = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { data } = Answer.parse(await response.json());
  const samples = data.result.map(({ metric, value }): [string, number] => {
    const { __name__: name = "", ...labels } = metric;
    const shown = Object.entries(labels)
      .filter(([label]) => !PASSING.includes(label))
      .map(([label, text]) => `${label}=${JSON.stringify(text)}`);
    return [`${name}{${shown.toSorted().join(",")}}`, Number(value[1])];
  });
  return Object.fromEntries(samples.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The series recorded under a name; `UPDATE=1` writes those that are given instead. */
export function recorded(name: string, now?: Recorded): Recorded {
  const file = join(import.meta.dirname, "recorded", `${name}.json`);
  if (now !== undefined && process.env.UPDATE === "1") writeFileSync(file, `${JSON.stringify(now, null, 2)}\n`);
  return z.record(z.string(), z.number()).parse(JSON.parse(readFileSync(file, "utf8")));
}
