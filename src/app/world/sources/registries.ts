import { join } from "node:path";
import { createRegistryReader } from "../../../observe/registry/create-registry-reader.ts";
import { type DockerConfig, readDockerConfig } from "../../../observe/registry/docker-config.ts";
import type { RegistryReader } from "../../../observe/registry/registry-answers.ts";
import type { Shell } from "../../shell.ts";
import { createFileReader } from "./source-files.ts";

/**
 * The reader of registries, with the credentials of Docker's `config.json` in the folder `DOCKER_CONFIG`, or `.docker` of the home
 * folder. The file is read again when it changes. `send` knows the proxies.
 */
export function registriesOf({ env, now }: Shell, send: typeof fetch): RegistryReader {
  const folder = env.DOCKER_CONFIG ?? "";
  const home = env.HOME ?? "";
  const file =
    folder !== "" ? join(folder, "config.json") : home !== "" ? join(home, ".docker", "config.json") : undefined;
  const read = createFileReader();
  const parsed = new Map<string, DockerConfig | undefined>();
  return createRegistryReader({
    fetch: send,
    now,
    async dockerConfig() {
      if (file === undefined) return undefined;
      const found = await read(file);
      if ("problem" in found) return found.problem.includes("ENOENT") ? undefined : found;
      if (!parsed.has(found.text)) {
        parsed.clear();
        parsed.set(found.text, readDockerConfig(found.text));
      }
      return parsed.get(found.text) ?? { problem: "is not JSON with auths, credHelpers and credsStore" };
    },
  });
}
