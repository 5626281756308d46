import type { AgentSpec } from "../../domain/agent/agent.ts";
import { filled, type Section, section } from "../section.ts";

/** The A2A agent card, without name, description, version and address, which the chart has already. */
export function a2a(spec: AgentSpec): Section {
  const { enabled, skills, streaming, provider, documentationUrl } = spec.a2a;
  if (!enabled) return {};
  return {
    enabled: true,
    streaming: streaming === true ? true : undefined,
    provider: provider === undefined ? undefined : { organization: provider.organization, url: provider.url },
    documentationUrl,
    skills: filled(
      skills?.map(
        (skill) =>
          section({
            id: skill.id,
            name: skill.name,
            description: skill.description,
            tags: skill.tags,
            examples: filled(skill.examples),
          }) ?? {},
      ),
    ),
  };
}
