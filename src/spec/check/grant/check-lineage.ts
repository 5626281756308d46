import type { LineageReading } from "../../../domain/grant/read-lineage.ts";
import type { Problem } from "../../../domain/problem.ts";
import { pointerOf } from "../../../domain/values/json-pointer.ts";
import { problemAt } from "../../problems/problems.ts";
import type { YamlDocument } from "../../yaml/read-yaml.ts";

/** Problems of annotations that say who asked for an agent, and do not say it whole: nothing is generated from such a file. */
export function lineageProblems(document: YamlDocument, reading: LineageReading): readonly Problem[] {
  if (reading.kind !== "broken") return [];
  return reading.faults.map(({ key, message }) =>
    problemAt(document, pointerOf(["metadata", "annotations", key]), message),
  );
}
