import type { AgentTemplate, Parameter } from "../domain/kinds/kinds.ts";

/** Values of a template's parameters in their types, or what is wrong with one, as a sentence. */
export type TypedParameters =
  | { readonly kind: "values"; readonly values: Readonly<Record<string, string | number | boolean>> }
  | { readonly kind: "wrong"; readonly message: string };

/** Each text becomes a value of its parameter's type. Whether the value is among those that there are, a reading of the spec says. */
export function typedParameters(
  name: string,
  { spec: { parameters = [] } }: AgentTemplate,
  values: ReadonlyMap<string, string>,
): TypedParameters {
  const typed: Record<string, string | number | boolean> = {};
  for (const [key, text] of values) {
    const parameter = parameters.find((one) => one.name === key);
    if (parameter === undefined) {
      const names = parameters.map((one) => one.name).join(", ") || "none";
      return { kind: "wrong", message: `the template ${name} has no parameter ${key}; it has: ${names}` };
    }
    const value = typedValue(parameter.type, text);
    if (value === undefined) return { kind: "wrong", message: `${key}=${text} is not of the type ${parameter.type}` };
    typed[key] = value;
  }
  return { kind: "values", values: typed };
}

function typedValue(type: Parameter["type"], text: string) {
  switch (type) {
    case "string":
      return text;
    case "boolean":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "integer":
    case "number": {
      const number = text.trim() === "" ? Number.NaN : Number(text);
      const fits = type === "integer" ? Number.isSafeInteger(number) : Number.isFinite(number);
      return fits ? number : undefined;
    }
    default:
      return type satisfies never;
  }
}
