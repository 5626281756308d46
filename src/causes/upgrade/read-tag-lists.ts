import type { AgentFacts } from "../../domain/fleet.ts";
import { imageReference } from "../../domain/values/image.ts";
import type { RegistryFailure, RegistryReader, TagList } from "../../observe/registry/registry-answers.ts";
import type { Log } from "../../pass/world.ts";
import type { TagLists } from "./newer-images.ts";

/** Repositories of images that are read at a time. */
const AT_A_TIME = 4;

/** Reads the tags of every repository of images that the agents name, each once; one that cannot be read is one line of the log. */
export async function readTagLists(
  registry: RegistryReader,
  agents: readonly AgentFacts[],
  log: Log,
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
      if (list.kind === "failed")
        log.warn(
          { image: name, reason: list.reason, error: list.message },
          "a registry cannot be read; nothing changes",
        );
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, read));
  return lists;
}
