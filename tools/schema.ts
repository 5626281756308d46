import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { reference } from "../src/spec/reference.ts";
import { jsonSchemas } from "../src/spec/schema.ts";

/** `npm run schema`: writes `schema/*.json` and `docs/reference.md` from the schemas in `src/domain`. */
const root = join(import.meta.dirname, "..");
await mkdir(join(root, "schema"), { recursive: true });
await mkdir(join(root, "docs"), { recursive: true });
for (const [name, schema] of Object.entries(jsonSchemas())) {
  await writeFile(join(root, "schema", `${name}.json`), `${JSON.stringify(schema, null, 2)}\n`);
}
await writeFile(join(root, "docs", "reference.md"), reference());
