import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { PolicyDocument } from "../../src/domain/kinds/policy-document.ts";
import { readDocuments } from "../../src/spec/yaml/read-yaml.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** The documents of every YAML file below a folder of the project. */
export function documentsBelow(folder: string): readonly PolicyDocument[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".yaml"),
  );
  return names
    .sort()
    .flatMap((name) =>
      documentsOf(readFileSync(join(ROOT, folder, name), "utf8"), relative(ROOT, join(ROOT, folder, name))),
    );
}

/** The documents of a text. */
export function documentsOf(text: string, file = "policies/test.yaml"): readonly PolicyDocument[] {
  const { documents, problems } = readDocuments(file, Buffer.from(text));
  if (problems.length > 0)
    throw new Error(problems.map((problem) => `${problem.file}:${problem.line} ${problem.message}`).join("\n"));
  return documents;
}
