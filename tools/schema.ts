import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { reasonsReference } from "../src/reconcile/reasons.ts";
import { withSharedParts } from "../src/spec/schema/chart-schema.ts";
import { reference } from "../src/spec/schema/reference.ts";
import { jsonSchemas } from "../src/spec/schema/schema.ts";

/** `npm run schema`: writes `schema/*.json`, `docs/reference.md` and parts of the chart's values.schema.json from the schemas in `src/domain` and the table of reasons. */
const root = join(import.meta.dirname, "..");
await mkdir(join(root, "schema"), { recursive: true });
await mkdir(join(root, "docs"), { recursive: true });
for (const [name, schema] of Object.entries(jsonSchemas())) {
  await writeFile(join(root, "schema", `${name}.json`), `${JSON.stringify(schema, null, 2)}\n`);
}
await writeFile(join(root, "docs", "reference.md"), `${reference()}\n${reasonsReference()}`);

const chart = join(root, "charts", "agent", "values.schema.json");
const shared = withSharedParts(JSON.parse(await readFile(chart, "utf8")));
await writeFile(chart, `${JSON.stringify(shared, null, 2)}\n`);
