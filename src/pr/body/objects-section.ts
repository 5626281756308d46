import { code, counted, listed, prose, some } from "../markdown.ts";
import type { ObjectChange } from "./changed-objects.ts";
import type { BodySection } from "./section.ts";

/** Which Kubernetes objects are added, removed and changed, in several lengths. */
export function objectsSection(objects: readonly ObjectChange[]): BodySection {
  if (objects.length === 0) return [() => ""];
  const lines = [
    ...countByKind(objects, "added", "Adds"),
    ...countByKind(objects, "removed", "Removes"),
    ...changedLines(objects.filter((object) => object.change === "changed")),
  ];
  const shorter = (most: number) => {
    const left = lines.length - most;
    return ["**Kubernetes objects**", "", ...lines.slice(0, most), ...(left > 0 ? [`- …and ${left} more`] : [])].join(
      "\n",
    );
  };
  return [() => shorter(30), () => shorter(8), () => ""];
}

/** Added or removed objects, counted by kind. */
function countByKind(
  objects: readonly ObjectChange[],
  change: ObjectChange["change"],
  verb: string,
): readonly string[] {
  const concerned = objects.filter((object) => object.change === change);
  const sets = Map.groupBy(
    [...Map.groupBy(concerned, (object) => `${object.agent} ${object.environment}`).values()],
    (list) => kinds(list),
  );
  return [...sets].map(([names, lists]) => {
    const all = lists.flat();
    return `- ${verb} ${counted(lists[0]?.length ?? 0, "object")} ${places(all)}: ${names}`;
  });
}

function kinds(list: readonly ObjectChange[]): string {
  const groups = [...Map.groupBy(list, (object) => object.kind)];
  return listed(
    groups.map(([kind, same]) => (same.length > 1 ? `${same.length} × ${prose(kind, 63)}` : prose(kind, 63))),
  );
}

/** One line for each kind of object that changes in the same fields. */
function changedLines(objects: readonly ObjectChange[]): readonly string[] {
  const isOne = new Set(objects.map((object) => object.agent)).size === 1;
  const groups = Map.groupBy(objects, (object) =>
    JSON.stringify([object.kind, isOne ? object.name : "", object.fields]),
  );
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const fields = first.fields.map((field) => prose(field, 80));
    const name = isOne ? ` ${code(first.name, 100)}` : "";
    const restart =
      /^(Deployment|StatefulSet)$/.test(first.kind) && first.fields.some((field) => field !== "replicas")
        ? "; its pods restart"
        : "";
    return [`- Changes ${prose(first.kind, 63)}${name} ${places(same)}: ${some(fields, 6)}${restart}`];
  });
}

function places(objects: readonly ObjectChange[]): string {
  const environments = some([...new Set(objects.map((object) => prose(object.environment, 63)))], 6);
  const agents = new Set(objects.map((object) => object.agent)).size;
  return `in ${environments}${agents > 1 ? ` for ${counted(agents, "agent")}` : ""}`;
}
