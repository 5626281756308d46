import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parse } from "yaml";
import { toolPath } from "../../../tools/find.ts";
import type { Apply } from "./apply.ts";
import { type KubeClient, pathOf, resourcesOf } from "./kube-client.ts";

/** Applies the definitions of every operator and waits until the server serves them. Throws where it refuses one. */
export async function applyDefinitions(client: KubeClient, { applyYaml }: Apply): Promise<void> {
  const folder = toolPath("crds");
  const texts = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file), "utf8")));
  const objections = await Promise.all(texts.map((text) => applyYaml(text)));
  if (objections.flat().length > 0) throw new Error(`definitions refused:\n${objections.flat().join("\n")}`);
  const expected = texts.flatMap(resourcesDefined);
  const patience = AbortSignal.timeout(30_000);
  for (;;) {
    const missing = await notServed(client, expected);
    if (missing.length === 0) return;
    if (patience.aborted) throw new Error(`not served after 30 s: ${missing.join(", ")}`);
    await setTimeout(50);
  }
}

interface Defined {
  readonly apiVersion: string;
  readonly plural: string;
}

function resourcesDefined(text: string): readonly Defined[] {
  const { spec }: Definition = parse(text);
  return spec.versions
    .filter(({ served }) => served)
    .map(({ name }) => ({ apiVersion: `${spec.group}/${name}`, plural: spec.names.plural }));
}

/** The part of a CustomResourceDefinition that is read here; the server has accepted the whole of it before. */
interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}

async function notServed(client: KubeClient, expected: readonly Defined[]): Promise<readonly string[]> {
  const versions = [...new Set(expected.map(({ apiVersion }) => apiVersion))];
  const answers = await Promise.all(
    versions.map(async (version) => {
      const resources = resourcesOf(await client.send("GET", pathOf(version)));
      return resources.map((resource) => `${version}/${resource.name}`);
    }),
  );
  const served = new Set(answers.flat());
  return expected.map(({ apiVersion, plural }) => `${apiVersion}/${plural}`).filter((name) => !served.has(name));
}
