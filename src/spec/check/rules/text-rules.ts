import type { AgentSpec } from "../../../domain/agent/agent.ts";
import type { SpecFault } from "./spec-fault.ts";

/** Texts of blanks alone, which say nothing, and names with a blank around them, which no provider knows. */
export function texts({ description, instructions, model, a2a }: AgentSpec): readonly SpecFault[] {
  const written: readonly (readonly [path: readonly (string | number)[], text: string | undefined])[] = [
    [["description"], description],
    [["instructions", "inline"], instructions.inline],
    [["model", "name"], model.name],
    ...(a2a.skills ?? []).flatMap(({ id, name, description: about }, index) =>
      Object.entries({ id, name, description: about }).map(
        ([field, text]) => [["a2a", "skills", index, field], text] as const,
      ),
    ),
  ];
  const blank = written.flatMap(([path, text]) =>
    text === undefined || text.trim() !== "" ? [] : [{ path, message: "is blank; write a text" }],
  );
  const models: readonly (readonly [path: readonly (string | number)[], name: string])[] = [
    [["model", "name"], model.name],
    ...(model.fallbacks ?? []).map((name, index) => [["model", "fallbacks", index], name] as const),
  ];
  const padded = models.flatMap(([path, name]) =>
    name.trim() === "" || name === name.trim()
      ? []
      : [{ path, message: `a blank before or after the name; write ${JSON.stringify(name.trim())}` }],
  );
  return [...blank, ...padded];
}
