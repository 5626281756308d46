import type { CompiledRemedy } from "../../../src/remedy/compiled-remedy.ts";
import { readRemedies } from "../../../src/remedy/read-remedies.ts";
import { documentsOf } from "../documents.ts";

/** The remedy whose spec this YAML is, indented by two. Throws where it has a Problem. */
export function remedyOf(spec: string, name = "mine"): CompiledRemedy {
  const { remedies, problems } = readRemedies(
    documentsOf(`apiVersion: raos.dev/v1alpha1\nkind: Remedy\nmetadata: {name: ${name}}\nspec:\n${spec}`),
  );
  const [remedy] = remedies;
  if (remedy === undefined) throw new Error(problems.map(({ pointer, message }) => `${pointer} ${message}`).join("\n"));
  return remedy;
}
