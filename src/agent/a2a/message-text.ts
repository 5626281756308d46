import type { Part } from "@a2a-js/sdk";

/** The texts of parts, one after the other; data as JSON. Files are left out: `messageRefusal` refuses a message that has one. */
export function textOfParts(parts: readonly Part[]): string {
  return parts
    .flatMap(({ content }) => {
      if (content?.$case === "text") return [content.value];
      return content?.$case === "data" ? [JSON.stringify(content.value) ?? ""] : [];
    })
    .join("\n\n");
}

export function plainTextPart(value: string): Part {
  return { content: { $case: "text", value }, mediaType: "text/plain", filename: "", metadata: undefined };
}
