import type { AgentFacts } from "../../domain/fleet.ts";
import { imageReference } from "../../domain/values/image.ts";
import type { RegistryFailure, RegistryReader, TagList } from "../../observe/registry/registry-answers.ts";
import type { Log } from "../../pass/world.ts";
import type { TagLists } from "./newer-images.ts";

/** Says that an image's registry cannot be read. */
export type SayFailure = (image: string, failure: RegistryFailure) => void;

/** One line of the log for each failure, however many agents and repositories of images it concerns. */
export function sayOnce(log: Log): SayFailure {
  const said = new Set<RegistryFailure>();
  return (image, failure) => {
    if (said.has(failure)) return;
    said.add(failure);
    const fields = { image: imageReference(image).name, reason: failure.reason, error: failure.message };
    log.warn(fields, "a registry cannot be read; nothing changes");
  };
}

/** Repositories of images that are read at a time. */
const AT_A_TIME = 4;

/** Reads the tags of every repository of images that the agents name, each once; `say` is told of one that cannot be read. */
export async function readTagLists(
  registry: RegistryReader,
  agents: readonly AgentFacts[],
  say: SayFailure,
): Promise<TagLists> {
  const images = new Map(
    agents.flatMap(({ upgrades = [] }) => upgrades.map(({ image }) => [imageReference(image).name, image] as const)),
  );
  const lists = new Map<string, TagList | RegistryFailure>();
  const waiting = [...images].values();
  const read = async () => {
    for (const [name, image] of waiting) {
      const list = await registry.tags(image);
      lists.set(name, list);
      if (list.kind === "failed") say(image, list);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, read));
  return lists;
}
